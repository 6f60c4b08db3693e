-- dimension: uniqueness
-- table: dim_release
-- severity: minor
-- warn: 20 %
-- why: A release that was published under two addresses counts its facts twice.
-- remedy: Take one of the sources out, or leave the copies away by duplicate_of_key.
select release_key, source_uri, duplicate_of_key
from dim_release
where is_current and duplicate_of_key is not null;

select count(*) from dim_release where is_current
