-- Grain: one revision of a release, of those asked for.
select release_key, release_id, revision
from dim_release
where release_key in (select unnest($keys))
