-- dimension: validity
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- fail: 10 % of 100 rows or more
-- why: 1 January 1970 (1 มกราคม 2513) is what a publishing system prints when it has no date; it is never the day of a release.
-- remedy: Don't use these dates. Their true day may stand in the text or in the place of collection.
select release_key, source_uri, published_on
from dim_release
where
    is_current
    and (
        published_on between date '1969-12-31' and date '1970-01-02'
        or published_on is null and regexp_matches(left(body, 1500), '(^|\D)(0?1/0?1/(2513|1970)|1 (มกราคม|ม\.ค\.) (2513|1970))')
    );

select count(*) from dim_release where is_current
