-- dimension: completeness
-- table: dim_release
-- severity: minor
-- owner: extraction rules
-- warn: 5 %
-- fail: 60 % of 100 rows or more
-- why: Nearly every press release states a date, an amount or a count; one without any was probably not understood.
-- remedy: Run `klangkhao extract` on some of the files listed and see what was missed.
select release_key, source_uri
from dim_release
where
    is_current
    and release_key not in (select release_key from fact_date)
    and release_key not in (select release_key from fact_money)
    and release_key not in (select release_key from fact_count)
    and release_key not in (select release_key from fact_measure);

select count(*) from dim_release where is_current
