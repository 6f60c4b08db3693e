-- dimension: timeliness
-- table: dim_release
-- severity: minor
-- owner: source desk
-- warn: 5 % of 20 rows or more
-- why: Releases arrive in the rhythm of their source; those that come in far later change the figures of days long past.
-- remedy: Ask whoever answers for the source where the releases listed have been.
-- Of the last thirty days. The first day of a source is left out: it brings everything that was there before.
with arrival as (
    select
        release_key,
        source_key,
        source_uri,
        published_on,
        (first_seen_at + interval 7 hour)::date as seen_on,
        min((first_seen_at + interval 7 hour)::date) over (partition by source_key) as first_day
    from dim_release
    where is_current and published_on >= date '1990-01-01'
),

lag as (
    select *, seen_on - published_on as days, quantile_cont(seen_on - published_on, 0.75) over (partition by source_key) as usual
    from arrival
    where seen_on > first_day
)

select release_key, source_uri, published_on, seen_on, days
from lag
where days > 7 and days > 4 * usual and seen_on > (select max(started_at)::date - 30 from etl_run)
order by seen_on desc, days desc;

select count(*)
from dim_release
where is_current and published_on >= date '1990-01-01' and first_seen_at > (select max(started_at) - interval 30 day from etl_run)
