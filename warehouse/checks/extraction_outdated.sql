-- dimension: timeliness
-- table: dim_release
-- severity: minor
-- owner: warehouse
-- warn: 0 rows
-- why: Releases read by older rules than the newest ones give answers that differ without a reason in the texts.
-- remedy: Run `klangkhao rebuild`, which reads everything again with today's rules.
select release_key, source_uri, extractor_version
from dim_release
where
    is_current
    and extractor_version <> (select extractor_version from etl_run order by started_at desc limit 1);

select count(*) from dim_release where is_current
