-- dimension: uniqueness
-- table: dim_release
-- severity: minor
-- owner: source desk
-- warn: 20 %
-- why: Many releases that say the same as others mean that something is read twice; their facts count once in the marts.
-- remedy: Look at release_similarity; if a source only repeats another one, take it out.
select release_key, source_uri, duplicate_of_key
from dim_release
where is_current and duplicate_of_key is not null;

select count(*) from dim_release where is_current
