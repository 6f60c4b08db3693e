-- dimension: consistency
-- table: dim_release
-- severity: minor
-- owner: source desk
-- warn: 0 rows
-- why: The dates of a source are read from the same place week by week; where that changes, its headers did, or a rule reads them no longer.
-- remedy: Compare the headers of the weeks listed with those before, and add the new form as a rule.
with read as (
    select
        source_key,
        date_trunc('week', published_on)::date as week,
        string_split(published_on_basis, ';')[1] as basis,
        count(*) as releases
    from dim_release
    where is_current and published_on is not null
    group by all
),

week as (
    select source_key, week, sum(releases) as releases
    from read
    group by source_key, week
),

shared as (
    select week.source_key, week.week, basis.basis, week.releases, coalesce(read.releases, 0) / week.releases as share
    from week
    join (select distinct source_key, basis from read) as basis using (source_key)
    left join read using (source_key, week, basis)
    where week.releases >= 8
),

compared as (
    select *, median(share) over before as usual, 1.4826 * mad(share) over before as spread
    from shared
    window before as (partition by source_key, basis order by week rows between 12 preceding and 1 preceding)
    qualify count(*) over before >= 6
)

select dim_source.source_id as source, compared.week, compared.basis, round(compared.share, 2) as share, round(compared.usual, 2) as usual, compared.releases
from compared
left join dim_source using (source_key)
where
    abs(compared.share - compared.usual) > 0.3
    and abs(compared.share - compared.usual) > 5 * greatest(compared.spread, sqrt(compared.usual * (1 - compared.usual) / compared.releases))
order by compared.week desc, source, compared.basis;

select count(distinct (source_key, date_trunc('week', published_on))) from dim_release where is_current
