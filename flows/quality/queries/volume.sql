-- Grain: one source and month of the last three years that anything was published in: how many current releases.
with release as (
    select dim_source.source_id, date_trunc('month', dim_release.published_on)::date as month
    from dim_release
    join dim_source using (source_key)
    where dim_release.is_current and dim_release.published_on <= $until
),

last as (
    select max(month) as month from release
)

select release.source_id, release.month, count(*) as releases
from release
cross join last
where release.month > last.month - interval 36 month
group by all
order by release.source_id, release.month
