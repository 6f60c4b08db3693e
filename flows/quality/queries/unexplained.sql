-- Grain: one group of unexplained numerals that look alike (digits masked, with the letters that follow), largest
-- first, with one of them in its context.
with unexplained as materialized (
    select
        fact_numeral.release_key,
        fact_numeral.char_start,
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
        regexp_extract(after, '^([\s\x{00A0}]?[^\s0-9๐-๙]{0,5})', 1) as follow
    from unexplained
),

grouped as (
    select
        shape,
        follow,
        count(*) as numerals,
        count(distinct release_key) as releases,
        min({
            'source_uri': source_uri,
            'char_start': char_start,
            'release_key': release_key,
            'before': before,
            'surface': surface,
            'after': after
        }) as example
    from shaped
    group by shape, follow
)

select
    numerals,
    releases,
    count(*) over () as groups,
    example.source_uri as source_uri,
    example.release_key as release_key,
    example.char_start as char_start,
    example.before as before,
    example.surface as surface,
    example.after as after
from grouped
order by numerals desc, shape, follow
limit $top
