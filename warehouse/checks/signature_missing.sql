-- dimension: completeness
-- table: release_signature
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- why: Releases are compared by their signatures: one without a signature is nobody's copy, whatever it says.
-- remedy: Run `klangkhao run`, which makes those that are missing; if it stays, run `klangkhao rebuild`.
select dim_release.release_key, dim_release.source_uri
from dim_release
anti join release_signature using (release_key)
where dim_release.is_current
union all
select release_key, null
from release_signature
anti join (from dim_release where is_current) using (release_key);

select count(*) from dim_release where is_current
