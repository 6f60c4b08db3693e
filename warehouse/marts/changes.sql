-- Grain: one change of one release: a field, its text, a fact in it, or its being there. Every revision's, not only the current one's.
-- Key: release_key, change_no.
create view changes as
with revision as (
    select
        dim_release.*,
        dim_source.source_id as source,
        dim_source.publisher as source_publisher
    from dim_release
    left join dim_source using (source_key)
),

changed as (
    select
        release_change.release_key,
        release_change.previous_key,
        release_change.change_no,
        revision.valid_from as changed_at,
        release_change.subject,
        release_change.change,
        coalesce(release_change.surface_before, release_change.value_before) as before,
        coalesce(release_change.surface_after, release_change.value_after) as after,
        case when release_change.subject like 'fact_%' then release_change.value_before end as fact_before,
        case when release_change.subject like 'fact_%' then release_change.value_after end as fact_after,
        release_change.lines_removed,
        release_change.lines_added,
        release_change.difference
    from release_change
    join revision using (release_key)
),

came_and_went as (
    select
        release_key,
        null::bigint as previous_key,
        coalesce(last.change_no, 0) + 1 as change_no,
        valid_to as changed_at,
        'release' as subject,
        'disappeared' as change,
        null::varchar as before,
        null::varchar as after,
        null::varchar as fact_before,
        null::varchar as fact_after,
        null::integer as lines_removed,
        null::integer as lines_added,
        null::varchar as difference
    from dim_release
    left join (
        select release_key, max(change_no) as change_no from release_change group by release_key
    ) as last using (release_key)
    where closed_reason = 'disappeared'
    union all
    select
        returned.release_key,
        gone.release_key,
        0,
        returned.valid_from,
        'release',
        'returned',
        null,
        null,
        null,
        null,
        null,
        null,
        null
    from dim_release as gone
    join dim_release as returned
        on returned.release_id = gone.release_id and returned.revision = gone.revision + 1
    where gone.closed_reason = 'disappeared'
),

told as (
    from changed
    union all
    from came_and_went
)

select
    told.release_key,
    revision.release_id,
    revision.revision,
    told.change_no,
    told.changed_at,
    revision.published_on,
    revision.source,
    coalesce(revision.publisher, revision.source_publisher) as publisher,
    revision.title,
    told.subject,
    told.change,
    told.before,
    told.after,
    told.fact_before,
    told.fact_after,
    told.lines_removed,
    told.lines_added,
    told.difference,
    previous.extractor_version <> revision.extractor_version as rules_differ,
    revision.is_current,
    told.previous_key,
    revision.source_uri,
    'klangkhao://' || revision.release_id || '/' || revision.revision as release_uri
from told
join revision using (release_key)
left join dim_release as previous on previous.release_key = told.previous_key;

comment on view changes is 'What changed in releases from revision to revision, and which disappeared from their source or came back. Grain: one change of one release.';
comment on column changes.release_key is 'Revision that brought the change, or the one that disappeared (dim_release).';
comment on column changes.release_id is 'Name of the release, shared by all its revisions.';
comment on column changes.revision is 'Number of that revision, from 1.';
comment on column changes.change_no is 'Number of the change in that revision, from 1; 0 where the release returned with it, the last where it disappeared.';
comment on column changes.changed_at is 'When the change was acquired (UTC).';
comment on column changes.published_on is 'Day of publication that the revision states (Gregorian); null where unknown.';
comment on column changes.source is 'Source that it came from.';
comment on column changes.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column changes.title is 'Title of the revision.';
comment on column changes.subject is 'What changed: a column of dim_release (title, body …), a fact by its table, or release for its being there.';
comment on column changes.change is 'added, removed or changed; of a release disappeared or returned.';
comment on column changes.before is 'The field, or the fact as written, before; null for the body and where there was none.';
comment on column changes.after is 'The same after.';
comment on column changes.fact_before is 'A fact''s value before as JSON; null for all else.';
comment on column changes.fact_after is 'A fact''s value after as JSON; null for all else.';
comment on column changes.lines_removed is 'Lines that the text lost; null for all but the body.';
comment on column changes.lines_added is 'Lines that the text got; null for all but the body.';
comment on column changes.difference is 'The lines that differ, for reading; null for all but the body.';
comment on column changes.rules_differ is 'Whether other rules read the revision before, so that a fact may differ where the text does not; null without one.';
comment on column changes.is_current is 'Whether that revision is how the release stands now.';
comment on column changes.previous_key is 'Revision before it (dim_release); null where the release disappeared.';
comment on column changes.source_uri is 'Where the document was read.';
comment on column changes.release_uri is 'The release in this revision, as an address; `klangkhao show` opens it with every fact highlighted.';
