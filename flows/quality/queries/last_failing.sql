-- Grain: one row that failed a check in the last run that was checked, of those that are in the releases asked for.
select quality_failing_row.*, quality_result.verdict
from quality_failing_row
join quality_result using (run_id, check_name, table_name)
where
    quality_failing_row.release_key in (select unnest($keys))
    and run_id = (select max_by(run_id, checked_at) from quality_result)
order by check_name, table_name, row_no
