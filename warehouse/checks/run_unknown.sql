-- dimension: consistency
-- table: dim_release, etl_batch, etl_quarantine, quality_result, quality_failing_row
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- why: What a run did is dated and explained by its record; a run without one can't be asked.
-- remedy: Run `klangkhao rebuild`; if it stays, report the runs listed.
select run_id, count(*) as rows
from {table}
anti join etl_run using (run_id)
group by run_id
