-- dimension: consistency
-- table: fact_date
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: The keys into dim_date must name the same days as the columns beside them, or a join by date tells another story.
-- remedy: Run `klangkhao rebuild`.
select release_key, char_start, date_start, date_start_key, date_end, date_end_key
from fact_date
where
    date_start_key is distinct from coalesce(strftime(date_start, '%Y%m%d')::int, -1)
    or date_end_key is distinct from coalesce(strftime(date_end, '%Y%m%d')::int, -1)
    or date_start_key not in (select date_key from dim_date)
    or date_end_key not in (select date_key from dim_date)
