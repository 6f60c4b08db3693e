-- dimension: consistency
-- table: dim_release
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: The revisions of a release follow one another: each ends when the next begins, or earlier if it was gone between.
-- remedy: Run `klangkhao rebuild`; if it stays, report the releases listed.
with revision as (
    select
        release_key,
        release_id,
        revision,
        is_current,
        valid_from,
        valid_to,
        closed_reason,
        lead(valid_from) over (partition by release_id order by revision) as next_from,
        row_number() over (partition by release_id order by revision) as expected
    from dim_release
)
select release_key, release_id, revision
from revision
where
    revision <> expected
    or valid_to < valid_from
    or is_current and valid_to is not null
    or is_current and next_from is not null
    or is_current = (closed_reason is not null)
    or next_from is not null and valid_to is distinct from next_from
    and not coalesce(closed_reason = 'disappeared' and valid_to < next_from, false)
