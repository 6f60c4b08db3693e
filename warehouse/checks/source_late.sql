-- dimension: timeliness
-- table: dim_source
-- severity: minor
-- owner: source desk
-- warn: 0 rows
-- why: A source that is silent for longer than its rhythm allows, weekends and holidays counted, may have something that is not read.
-- remedy: Open the source, and see whether there is anything new that did not come in.
-- A pause is as long as it is surprising: by how often the source has had nothing on days of its kinds in the last
-- year. Sundays and holidays make no pause of a source that rests on them. Only sources that are read again and again have
-- a rhythm: an archive that was read once owes nothing.
with watched as (
    select dim_source.source_id as source
    from dim_release
    join dim_source using (source_key)
    group by dim_source.source_id
    having count(distinct (dim_release.first_seen_at + interval 7 hour)::date) >= 5
),

known as (
    select source, min(day) as first_day, max(day) as last_day
    from source_day
    semi join watched using (source)
    group by source
    having count(*) filter (releases > 0) >= 10
),

usual as (
    select
        source_day.source,
        source_day.kind,
        -ln((count(*) filter (source_day.releases = 0) + 0.5) / (count(*) + 1)) as surprise
    from source_day
    join known using (source)
    where source_day.day > known.last_day - 364
    group by source_day.source, source_day.kind
),

day as (
    select
        known.source,
        calendar_day.day,
        coalesce(usual.surprise, 0) as surprise,
        coalesce(source_day.releases, 0) > 0 as has_release,
        calendar_day.day > known.last_day as is_open
    from known
    join calendar_day
        on calendar_day.day >= greatest(known.first_day, known.last_day - 730)
        and calendar_day.day < (select (max(started_at) + interval 7 hour)::date from etl_run)
    left join usual on usual.source = known.source and usual.kind = calendar_day.kind
    left join source_day on source_day.source = known.source and source_day.day = calendar_day.day
),

pause as (
    select source, is_open, coalesce(sum(surprise) filter (not has_release), 0) as length
    from (
        select *, count(*) filter (has_release) over (partition by source order by day) as pause_no
        from day
    )
    group by source, is_open, pause_no
),

compared as (
    select
        source,
        coalesce(sum(length) filter (is_open), 0) as length,
        coalesce(quantile_cont(length, 0.99) filter (not is_open), 0) as long_pause,
        coalesce(max(length) filter (not is_open), 0) as longest_pause
    from pause
    group by source
)
select
    compared.source,
    known.last_day as last_published_on,
    round(compared.length, 1) as surprise,
    round(compared.long_pause, 1) as usual_at_most
from compared
join known using (source)
where
    length >= 3.9
    and length > 1.75 * long_pause
    -- Longer ones are `source_silent`.
    and not (length >= 11 and length > 3 * long_pause and length > 1.5 * longest_pause)
order by compared.length desc;

select count(distinct source_key) from dim_release
