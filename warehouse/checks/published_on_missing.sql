-- dimension: completeness
-- table: dim_release
-- severity: major
-- owner: extraction rules
-- warn: 1 %
-- fail: 50 % of 100 rows or more
-- why: Without its date a release falls out of every question that has a time in it, and its dates without a year stay unknown.
-- remedy: Look at the first lines of the releases listed; add the form in which they state their date as a rule.
select release_key, source_uri
from dim_release
where is_current and published_on is null;

select count(*) from dim_release where is_current
