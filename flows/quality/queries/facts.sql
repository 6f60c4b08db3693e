-- Grain: one kind of fact: how many, in how many releases, and on what ground they stand.
with fact as (
    select 'date' as kind, release_key, confidence from fact_date
    union all
    select 'money', release_key, confidence from fact_money
    union all
    select 'count', release_key, confidence from fact_count
    union all
    select 'measure', release_key, confidence from fact_measure
)
select
    fact.kind,
    count(*) as facts,
    count(distinct fact.release_key) as releases,
    count(*) filter (fact.confidence = 'stated') as stated,
    count(*) filter (fact.confidence = 'inferred') as inferred,
    count(*) filter (fact.confidence = 'assumed') as assumed
from fact
join dim_release using (release_key)
where dim_release.is_current
group by fact.kind
order by facts desc
