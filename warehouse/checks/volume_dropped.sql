-- dimension: timeliness
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- why: A day or week with far fewer releases than others of its kind lacks some; quiet Sundays and holidays are no drop.
-- remedy: Compare the periods listed with the source, and take in what is missing.
-- Compared are the roots of the numbers (Anscombe), whose spread is one at least whatever the number, with those of the
-- twelve days of the same kind before, or of the twelve weeks before as if all had five working days. Of a holiday no
-- volume is expected, and a day in a year whose holidays are not known is no evidence: its week is. Nothing at all is a drop
-- where eight are usual and none of the twelve before was quiet.
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
        min(releases) over before as least,
        (root - median(root) over before) / greatest(1.4826 * mad(root) over longer, noise) as deviation
    from rooted
    window
        before as (partition by source, period, kind order by since rows between 12 preceding and 1 preceding),
        longer as (partition by source, period, kind order by since rows between 26 preceding and 1 preceding)
    qualify count(*) over before >= 8
)
select source, period, since, round(releases, 1) as releases, expected, round(deviation, 1) as deviation
from compared
where
    is_evidence
    and expected >= 5
    and releases < 0.4 * expected
    and (deviation < -5 or releases = 0 and least >= 2 and expected >= 8)
order by since desc, source, period;

select count(*) from source_day
