-- Grain: one check of one table in the run.
select *
from quality_result
where run_id = $run_id
order by check_name, table_name
