-- dimension: uniqueness
-- table: dim_source
-- severity: minor
-- owner: source desk
-- warn: 0 rows
-- why: A source whose releases suddenly repeat others is read twice, or sends everything again.
-- remedy: Look at release_similarity for the days listed; a source that only repeats another one can go.
with day as (
    select *, row_number() over (partition by source order by day desc) as days_ago
    from source_day
    where releases > 0
),

compared as (
    select
        source,
        min(day) filter (days_ago <= 20) as since,
        sum(copies) filter (days_ago <= 20) as copies,
        sum(releases) filter (days_ago <= 20) as releases,
        coalesce(sum(copies) filter (days_ago > 20) / sum(releases) filter (days_ago > 20), 0) as share_before
    from day
    group by source
)

select source, since, copies, releases, round(share_before, 4) as share_before
from compared
where releases >= 20 and copies > releases * (0.15 + 2 * share_before)
order by copies desc;

select count(distinct source) from source_day
