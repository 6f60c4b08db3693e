-- dimension: validity
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- fail: 10 % of 100 rows or more
-- why: No source of press releases on the web is that old; such a date is an era slip or a defect of the source.
-- remedy: Compare the header of the releases listed with the day that its source names.
select release_key, source_uri, published_on
from dim_release
where
    is_current
    and published_on < date '1990-01-01'
    and published_on not between date '1969-12-31' and date '1970-01-02';

select count(*) from dim_release where is_current and published_on is not null
