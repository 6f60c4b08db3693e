-- dimension: consistency
-- table: dim_release
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A copy counts through its original; one that points to no original takes its facts out of all marts.
-- remedy: Run `klangkhao rebuild`; if it stays, report the releases listed.
select copy.release_key, copy.source_uri, copy.duplicate_of_key
from dim_release as copy
left join dim_release as original on original.release_key = copy.duplicate_of_key
where
    copy.duplicate_of_key is not null
    and not coalesce(copy.is_current and original.is_current and original.duplicate_of_key is null, false);

select count(*) from dim_release where duplicate_of_key is not null
