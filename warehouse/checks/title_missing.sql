-- dimension: completeness
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- fail: 5 % of 100 rows or more
-- why: The title is the first line with text; a release without one has no text to speak of.
-- remedy: Look at the files listed; take empty ones out of the source.
select release_key, source_uri
from dim_release
where is_current and coalesce(trim(title), '') = '';

select count(*) from dim_release where is_current
