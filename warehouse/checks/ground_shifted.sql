-- dimension: consistency
-- table: fact_date, fact_money, fact_count, fact_measure
-- severity: minor
-- owner: extraction rules
-- warn: 0 rows
-- why: How much of the facts context or convention supplied changes little; where it does, the texts or the rules changed.
-- remedy: Read releases of the weeks listed, and see whether what was supplied is right.
with read as (
    select
        dim_release.source_key,
        date_trunc('week', dim_release.published_on)::date as week,
        coalesce(string_split(fact.basis, ';')[1], 'the text') as basis,
        count(*) as facts
    from {table} as fact
    join dim_release using (release_key)
    where dim_release.is_current and dim_release.published_on is not null
    group by all
),

week as (
    select source_key, week, sum(facts) as facts
    from read
    group by source_key, week
),

shared as (
    select week.source_key, week.week, basis.basis, week.facts, coalesce(read.facts, 0) / week.facts as share
    from week
    join (select distinct source_key, basis from read) as basis using (source_key)
    left join read using (source_key, week, basis)
    where week.facts >= 40
),

compared as (
    select *, median(share) over before as usual, 1.4826 * mad(share) over before as spread
    from shared
    window before as (partition by source_key, basis order by week rows between 12 preceding and 1 preceding)
    qualify count(*) over before >= 6
)

select dim_source.source_id as source, compared.week, compared.basis, round(compared.share, 2) as share, round(compared.usual, 2) as usual, compared.facts
from compared
left join dim_source using (source_key)
where
    abs(compared.share - compared.usual) > 0.25
    -- Facts come in clusters, hence the trebled root.
    and abs(compared.share - compared.usual) > 5 * greatest(compared.spread, 3 * sqrt(compared.usual * (1 - compared.usual) / compared.facts))
order by compared.week desc, source, compared.basis;

select count(distinct (dim_release.source_key, date_trunc('week', dim_release.published_on)))
from {table}
join dim_release using (release_key)
where dim_release.is_current
