-- Grain: one row: the run.
select *
from etl_run
where run_id = $run_id
