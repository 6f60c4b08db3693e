-- dimension: consistency
-- table: release_metadata
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: What a page says of itself belongs to a release, and of several candidates for a field one is believed at most.
-- remedy: Run `klangkhao rebuild`; if it stays, report the rows listed.
select release_key, field, count(*) as candidates
from release_metadata
left join dim_release using (release_key)
group by release_key, field
having count(*) filter (is_chosen) > 1 or count(dim_release.release_id) < count(*)
