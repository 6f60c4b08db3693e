-- dimension: completeness
-- table: etl_quarantine
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- fail: 50 % of 100 rows or more
-- why: What is in quarantine is missing from every answer.
-- remedy: `klangkhao quarantine` lists each with its reason and what to do about it.
select quarantine_key, stage, reason, source_uri
from etl_quarantine
where status = 'open';

select
    (select count(*) from etl_quarantine where status = 'open')
    + (select count(*) from dim_release where is_current)
