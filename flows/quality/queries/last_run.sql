-- Grain: one row at most: the run that started last.
select run_id
from etl_run
order by started_at desc, run_id desc
limit 1
