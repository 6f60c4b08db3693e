-- dimension: uniqueness
-- table: dim_release
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A revision stands in the warehouse once, and a release has one current revision at most.
-- remedy: Run `klangkhao rebuild`; if it stays, report the releases listed.
select release_id, revision, count(*) as rows
from dim_release
group by release_id, revision
having count(*) > 1 or count(distinct release_key) > 1
union all
select release_id, null as revision, count(*) as rows
from dim_release
where is_current
group by release_id
having count(*) > 1
