-- dimension: timeliness
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- fail: 10 % of 100 rows or more
-- why: A release can't be published after it was first seen; such a date is an era slip or an embargo.
-- remedy: Compare the header of the releases listed with the day that its source names.
select release_key, source_uri, published_on, first_seen_at
from dim_release
where is_current and published_on > cast(first_seen_at + interval 14 hours as date);

select count(*) from dim_release where is_current and published_on is not null
