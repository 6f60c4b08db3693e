-- dimension: timeliness
-- table: dim_release
-- severity: minor
-- owner: source desk
-- warn: 0 rows
-- why: A day or week with many times the releases of others of its kind was read twice, or its dates were read wrongly.
-- remedy: Look at the releases of the periods listed: are they copies, or dated wrongly alike?
-- Compared are the roots of the numbers (Anscombe), whose spread is one at least whatever the number, with those of the
-- twelve days of the same kind before, or of the twelve weeks before as if all had five working days. Of a holiday no
-- volume is expected, and a day in a year whose holidays are not known is no evidence: its week is.
with period as (
    select source, 'day' as period, kind, day as since, releases::double as releases, 1 as noise, is_certain and kind <> 'holiday' as is_evidence
    from source_day
    union all
    select source, 'week', 'week', week, 5 * releases / working_days, sqrt(5 / working_days), true
    from source_week
    where working_days >= 3
),

rooted as (
    select *, 2 * sqrt(releases + 0.375) as root
    from period
),

compared as (
    select
        *,
        median(releases) over before as expected,
        (root - median(root) over before) / greatest(1.4826 * mad(root) over longer, noise) as deviation
    from rooted
    window
        before as (partition by source, period, kind order by since rows between 12 preceding and 1 preceding),
        longer as (partition by source, period, kind order by since rows between 26 preceding and 1 preceding)
    qualify count(*) over before >= 8
)
select source, period, since, round(releases, 1) as releases, expected, round(deviation, 1) as deviation
from compared
where deviation > 5 and releases > 2.5 * expected and releases >= 12
order by since desc, source, period;

select count(*) from source_day
