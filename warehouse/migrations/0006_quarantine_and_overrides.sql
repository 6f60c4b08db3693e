-- The way out of quarantine: what became of each rejection, and the decisions of people that documents are read under.
alter table dim_release add column overrides varchar[] default [];
alter table dim_release alter column overrides set not null;
alter table dim_release alter column overrides drop default;
comment on column dim_release.overrides is 'Decisions that it was read under (etl_override), in their order; usually none.';

alter table etl_quarantine add column status varchar default 'open';
alter table etl_quarantine alter column status set not null;
alter table etl_quarantine add column resolution varchar;
alter table etl_quarantine add column resolved_at timestamp;
alter table etl_quarantine add column resolved_run_id varchar;
alter table etl_quarantine add column override_id varchar;
comment on table etl_quarantine is 'Documents and rows that were set aside, with the reason and the whole row, and what became of them. Grain: one rejected document or row.';
comment on column etl_quarantine.run_id is 'Run that first met it (etl_run).';
comment on column etl_quarantine.status is 'open, or resolved where it is out of quarantine.';
comment on column etl_quarantine.resolution is 'How: replaced by other content at its source, disappeared from it, reread without the failure, overridden or dismissed by a decision; null while open.';
comment on column etl_quarantine.resolved_at is 'When (UTC); null while open.';
comment on column etl_quarantine.resolved_run_id is 'Run that found it resolved (etl_run); null while open.';
comment on column etl_quarantine.override_id is 'The decision that resolved it (etl_override); null where none did.';
update etl_quarantine
set status = 'resolved', resolution = 'replaced', resolved_at = last_seen_at
where exists (
    from etl_document
    where
        etl_document.source_uri = etl_quarantine.source_uri
        and etl_document.outcome = 'release'
        and etl_document.content_hash is distinct from etl_quarantine.content_hash
);

create table etl_override (
    override_id varchar not null,
    scope varchar not null,
    source_id varchar not null,
    source_uri varchar,
    content_hash varchar,
    kind varchar not null,
    value varchar not null,
    why varchar not null,
    decided_by varchar not null,
    decided_at timestamp not null,
    batch_id varchar not null
);
comment on table etl_override is 'Decisions of people on how documents are read; they are landed, and a rebuild applies them again. Grain: one decision.';
comment on column etl_override.override_id is 'Name of the decision.';
comment on column etl_override.scope is 'document, or source where it holds for all documents of the source that can''t be read without it.';
comment on column etl_override.source_id is 'Source that it is about.';
comment on column etl_override.source_uri is 'Document that it is about; null where it is about a source.';
comment on column etl_override.content_hash is 'SHA-256 of the bytes that it is about, in hex: other content is not meant; null where it is about a source or unread bytes.';
comment on column etl_override.kind is 'encoding, published_on, accept (a failure of validation), dismiss (a rejection that is right), or reread (with rules mended since).';
comment on column etl_override.value is 'The encoding; the day; table and code of the failure; key of the rejection; version of the rules.';
comment on column etl_override.why is 'The reason that was given.';
comment on column etl_override.decided_by is 'Who decided.';
comment on column etl_override.decided_at is 'When (UTC).';
comment on column etl_override.batch_id is 'Landing batch that holds the decision (etl_batch).';
