-- question: How did a release change after it was first published?
-- grain: one change of one release: a field, its text, or a fact in it.
-- read: `before` and `after` are the field or the fact as written; of a fact that is `changed`, the two stand in the
--   same place. The line with `body` shows the lines that differ.
-- beware: `changed_on` is the day in Bangkok (UTC+7). A fact may also differ because other rules read it:
--   `rules_differ` says so. What a source has no longer is there too, as `disappeared`.
-- sample: second run
select
    (changed_at + interval 7 hour)::date as changed_on,
    title,
    revision,
    subject,
    change,
    before,
    after,
    difference
from changes
where not coalesce(rules_differ, false)
order by changed_at, release_id, revision, change_no nulls last
