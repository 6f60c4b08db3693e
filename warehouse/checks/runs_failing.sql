-- dimension: timeliness
-- table: etl_run
-- severity: minor
-- owner: warehouse
-- warn: 30 % of 5 rows or more
-- why: Runs that fail again and again bring nothing new, and nobody may have noticed.
-- remedy: Read the messages of the runs listed; `klangkhao doctor` looks at what they need.
select run_id, status, message
from (from etl_run order by started_at desc limit 20)
where status = 'failed';

select least(count(*), 20) from etl_run
