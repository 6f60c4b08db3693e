-- Grain: one source: what it has given, how fresh it is, and how much is read in a release of it.
with fact as (
    select release_key, count(*) as facts
    from (
        select release_key from fact_date
        union all
        select release_key from fact_money
        union all
        select release_key from fact_count
        union all
        select release_key from fact_measure
    )
    group by release_key
),

numeral as (
    select release_key, count(*) as numerals, count(*) filter (role = 'unexplained') as unexplained
    from fact_numeral
    group by release_key
)

select
    dim_source.source_id,
    dim_source.kind,
    dim_source.location,
    dim_source.owner,
    count(*) filter (dim_release.is_current) as releases,
    count(*) filter (dim_release.run_id = $run_id) as new,
    count(*) filter (dim_release.run_id = $run_id and dim_release.revision > 1) as revised,
    min(dim_release.published_on) filter (dim_release.is_current) as first_published,
    max(dim_release.published_on) filter (dim_release.is_current) as last_published,
    max(dim_release.valid_from) as last_acquired,
    coalesce(sum(fact.facts) filter (dim_release.is_current), 0)::bigint as facts,
    coalesce(sum(numeral.numerals) filter (dim_release.is_current), 0)::bigint as numerals,
    coalesce(sum(numeral.unexplained) filter (dim_release.is_current), 0)::bigint as unexplained,
    count(*) over () as sources
from dim_source
join dim_release using (source_key)
left join fact using (release_key)
left join numeral using (release_key)
group by all
order by releases desc, source_id
limit $top
