-- dimension: consistency
-- table: dim_date
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: Every day from 1900 to 2100 stands in the calendar once, in both eras; a join by date loses what falls into a gap.
-- remedy: Run `klangkhao run`, which makes the calendar anew; if it stays, report the days listed.
with day as (
    select unnest(generate_series(date '1900-01-01', date '2100-12-31', interval 1 day))::date as date
)
select day.date, dim_date.date_key, dim_date.year_be
from day
left join dim_date on dim_date.date_key = strftime(day.date, '%Y%m%d')::integer
where
    dim_date.date is distinct from day.date
    or dim_date.year_ce is distinct from year(day.date)
    or dim_date.year_be is distinct from year(day.date) + 543
    or dim_date.iso_weekday is distinct from isodow(day.date)
