-- What changed from revision to revision, and releases that their source no longer has.
-- Revisions loaded before have no changes on record until a rebuild.
alter table dim_release add column closed_reason varchar;
update dim_release set closed_reason = 'replaced' where not is_current;
comment on column dim_release.valid_to is 'When a later revision replaced this one, or its source no longer had it (UTC); null while it is current.';
comment on column dim_release.is_current is 'Whether the release stands like this now; no revision of one that disappeared does.';
comment on column dim_release.closed_reason is 'Why it stands no longer: replaced by a later revision, or disappeared from its source; null while it is current.';

alter table etl_run add column closed bigint default 0;
alter table etl_run alter column closed set not null;
alter table etl_run alter column closed drop default;
comment on column etl_run.closed is 'Releases closed because their source no longer had them.';

create table release_change (
    release_key bigint not null,
    change_no integer not null,
    previous_key bigint not null,
    release_id varchar not null,
    subject varchar not null,
    change varchar not null,
    surface_before varchar,
    surface_after varchar,
    value_before varchar,
    value_after varchar,
    char_start_before integer,
    char_end_before integer,
    char_start_after integer,
    char_end_after integer,
    lines_removed integer,
    lines_added integer,
    difference varchar
);
comment on table release_change is 'What changed from one revision of a release to the next: its fields, its text, and the facts in it. Grain: one change between two consecutive revisions of a release.';
comment on column release_change.release_key is 'Revision that brought the change (dim_release).';
comment on column release_change.change_no is 'Number of the change in that revision, from 1: fields first, then facts table by table in the order of the text.';
comment on column release_change.previous_key is 'Revision before it (dim_release).';
comment on column release_change.release_id is 'Name of the release, shared by all its revisions.';
comment on column release_change.subject is 'Column of dim_release, or table of the fact.';
comment on column release_change.change is 'added, removed or changed.';
comment on column release_change.surface_before is 'The fact as it was written; null for fields and added facts.';
comment on column release_change.surface_after is 'The fact as it is written now; null for fields and removed facts.';
comment on column release_change.value_before is 'Value before: of a field at most 2,000 letters of it, of a fact its columns as JSON; null for the body and where there was none.';
comment on column release_change.value_after is 'Value after, in the same form.';
comment on column release_change.char_start_before is 'First code point of the fact in the body of previous_key; null for fields and added facts.';
comment on column release_change.char_end_before is 'Code point after its last one.';
comment on column release_change.char_start_after is 'First code point of the fact in the body of release_key; null for fields and removed facts.';
comment on column release_change.char_end_after is 'Code point after its last one.';
comment on column release_change.lines_removed is 'Lines of the body before that are not in the one after; null for all but the body.';
comment on column release_change.lines_added is 'Lines of the body after that were not in the one before; null for all but the body.';
comment on column release_change.difference is 'The lines of the body that differ, for reading: long ones cut around what differs, 4,000 letters at most; null for all but the body.';
