-- dimension: completeness
-- table: dim_date
-- severity: minor
-- owner: vocabulary
-- warn: 0 rows
-- why: Without the holidays of a year its quiet days can't be told from days on which releases are missing.
-- remedy: Add the holidays of the years listed to seeds/holidays.csv.
select year(published_on) as year, count(*) as releases
from dim_release
join dim_date on dim_date.date_key = dim_release.published_on_key
where dim_release.is_current and dim_release.published_on >= date '1990-01-01' and dim_date.is_holiday is null
group by year(published_on)
order by year;

select count(distinct year(published_on)) from dim_release where is_current
