-- dimension: consistency
-- table: dim_source
-- severity: minor
-- owner: source desk
-- warn: 0 rows
-- why: When many old releases of a source change in one run, it is its pages or files that changed, and not the news.
-- remedy: See in the mart `changes` which words and facts changed.
-- Of the last thirty days; before them, a run is history.
with revision as (
    select
        dim_release.source_key,
        dim_release.run_id,
        dim_release.revision,
        etl_run.started_at,
        min(etl_run.started_at) over (partition by dim_release.release_id) as first_at
    from dim_release
    join etl_run using (run_id)
),

revised as (
    select source_key, run_id, started_at, count(*) as revised
    from revision
    where revision > 1 and started_at > (select max(started_at) - interval 30 day from etl_run)
    group by all
)

select dim_source.source_id as source, revised.run_id, revised.revised, count(*) as standing
from revised
join revision on revision.source_key = revised.source_key and revision.revision = 1 and revision.first_at < revised.started_at
join dim_source on dim_source.source_key = revised.source_key
group by dim_source.source_id, revised.run_id, revised.revised
having count(*) >= 20 and revised.revised > 0.2 * count(*)
order by revised.revised desc;

select count(distinct source_key) from dim_release
