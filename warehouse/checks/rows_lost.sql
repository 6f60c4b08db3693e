-- dimension: accountability
-- table: etl_batch
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: Loading puts on record how many rows each run added; if they are fewer or more now, something else has changed them.
-- remedy: Run `klangkhao rebuild`, which loads everything that was ever landed again.
with added as (
    select run_id, sum(rows)::bigint as rows
    from etl_batch
    group by run_id
),

release as (
    select release_key, run_id from dim_release
),

there as (
    select run_id, count(*) as rows
    from (
        select run_id from release
        union all
        select run_id from release join fact_date using (release_key)
        union all
        select run_id from release join fact_money using (release_key)
        union all
        select run_id from release join fact_count using (release_key)
        union all
        select run_id from release join fact_measure using (release_key)
        union all
        select run_id from release join fact_numeral using (release_key)
        union all
        select run_id from release join fact_consistency using (release_key)
        union all
        select run_id from release join fact_place using (release_key)
    )
    group by run_id
)

select run_id, coalesce(added.rows, 0) as rows_added, coalesce(there.rows, 0) as rows_there
from added
full join there using (run_id)
where coalesce(added.rows, 0) <> coalesce(there.rows, 0);

select count(distinct run_id) from etl_batch
