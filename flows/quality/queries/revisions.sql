-- Grain: one revision of the release that is named, by its id or the key of a revision; the one that stands first.
select release_key, release_id, revision, is_current, char_count
from dim_release
where release_id = $release_id or release_key = $release_key
order by is_current desc, revision desc
