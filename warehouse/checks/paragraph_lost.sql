-- dimension: completeness
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 2 %
-- fail: 30 % of 100 rows or more
-- why: A web page shows numerals that look like a part of its text and are not in it: a paragraph may have been left out.
-- remedy: Compare the releases listed with their pages. Where a site's template is the reason, tell us its address; a rule for its form is to be added to `flows.acquire.main_text`.
select release_key, source_uri, array_to_string(lost_numerals[:20], ' ') as numerals
from dim_release
where is_current and len(lost_numerals) > 0;

-- Only web pages can lose anything on their way to a text.
select count(*) from dim_release
where is_current and release_key in (select release_key from release_metadata)
