-- Grain: one group of unexplained numerals that look alike (digits masked, with the letters that follow), largest
-- first, with one of them in its context.
with unexplained as materialized (
    select
        fact_numeral.release_key,
        fact_numeral.surface,
        substring(
            dim_release.body,
            greatest(fact_numeral.char_start - 40, 0) + 1,
            least(fact_numeral.char_start, 40)
        ) as before,
        substring(dim_release.body, fact_numeral.char_end + 1, 40) as after,
        dim_release.source_uri
    from fact_numeral
    join dim_release using (release_key)
    where fact_numeral.role = 'unexplained' and dim_release.is_current
),

shaped as materialized (
    select
        *,
        regexp_replace(surface, '[0-9๐-๙]+', '0', 'g') as shape,
        regexp_extract(before, '([^\s0-9๐-๙]{0,5}[\s\x{00A0}]?)$', 1) as lead,
        regexp_extract(after, '^([\s\x{00A0}]?[^\s0-9๐-๙]{0,5})', 1) as follow
    from unexplained
)
select
    shape,
    follow,
    count(*) as numerals,
    count(distinct release_key) as releases,
    mode(lead) as lead,
    min_by(before, source_uri) as example_before,
    min_by(surface, source_uri) as example_surface,
    min_by(after, source_uri) as example_after,
    min_by(source_uri, source_uri) as example_uri
from shaped
group by shape, follow
order by numerals desc, shape, follow
limit $top
