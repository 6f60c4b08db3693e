-- Grain: one check of one table that found something, in the last run that was checked.
select *
from quality_result
where
    failing > 0
    and run_id = (select max_by(run_id, checked_at) from quality_result)
order by check_name, table_name
