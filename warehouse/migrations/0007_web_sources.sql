-- What the sources of the web have been asked for, so that a run asks only for what is new or may have changed.
comment on column dim_source.kind is 'Kind of source: folder, zip, feed, sitemap, page or warc.';
comment on column dim_release.content_hash is 'SHA-256 of the raw bytes, in hex; of a web page, of its title and main text when it was acquired.';
comment on column etl_document.content_hash is 'SHA-256 of the bytes last taken, in hex; of a web page, of its title and main text.';

create table source_listing (
    source_id varchar not null,
    url varchar not null,
    asked_at timestamp not null,
    read_at timestamp,
    etag varchar,
    last_modified varchar,
    content_hash varchar,
    listed_mark varchar,
    next_url varchar,
    declaration varchar,
    failures integer not null,
    next_try_at timestamp,
    last_problem varchar
);
comment on table source_listing is 'Lists of releases as they were last asked for: feeds, sitemaps, index pages, WARC files. Grain: one list of one source.';
comment on column source_listing.source_id is 'Source that it belongs to.';
comment on column source_listing.url is 'Where it is.';
comment on column source_listing.asked_at is 'When it was last asked for (UTC).';
comment on column source_listing.read_at is 'When it could last be read, changed or not (UTC); null if never.';
comment on column source_listing.etag is 'Validator that the server gave with it, or size and time of a file; null where all of it must be read again.';
comment on column source_listing.last_modified is 'When it changed, as the server said; null where all of it must be read again.';
comment on column source_listing.content_hash is 'SHA-256 of it when it was last read, in hex; null if never.';
comment on column source_listing.listed_mark is 'When it changed, as the list that names it said; null where none does.';
comment on column source_listing.next_url is 'Where it goes on with older entries that were not read yet; null where all were.';
comment on column source_listing.declaration is 'Digest of how the source was declared when it was last read; null if never.';
comment on column source_listing.failures is 'How often in a row it could not be read.';
comment on column source_listing.next_try_at is 'Not asked for again before (UTC); null where the next run may.';
comment on column source_listing.last_problem is 'Why it could not be read, or only in part, the last time; null otherwise.';

create table source_entry (
    source_id varchar not null,
    entry_id varchar not null,
    url varchar not null,
    status varchar not null,
    first_seen_at timestamp not null,
    last_seen_at timestamp not null,
    source_uri varchar,
    fetched_at timestamp,
    changed_at timestamp,
    missing_since timestamp,
    listed_mark varchar,
    etag varchar,
    last_modified varchar,
    content_hash varchar,
    record varchar,
    attempts integer not null,
    next_try_at timestamp,
    last_problem varchar,
    hints varchar
);
comment on table source_entry is 'Releases that the lists of a source named, and how far it has got with each. Grain: one entry of one source.';
comment on column source_entry.source_id is 'Source that listed it.';
comment on column source_entry.entry_id is 'What the list calls it, else its address.';
comment on column source_entry.url is 'Where it is now.';
comment on column source_entry.status is 'pending (to be asked for), landed, failed (to be asked for again), refused (asked for again now and then: see the quarantine), gone (no longer there) or moved (another entry of the source has it).';
comment on column source_entry.first_seen_at is 'When a list first named it (UTC).';
comment on column source_entry.last_seen_at is 'When a list last named it (UTC); lists that did not change are not read again.';
comment on column source_entry.source_uri is 'Where it was first found, which its release is known by (dim_release.source_uri); null before.';
comment on column source_entry.fetched_at is 'When it last came, or was found unchanged (UTC); null if never.';
comment on column source_entry.changed_at is 'When its text was last found to be another (UTC); null if never.';
comment on column source_entry.missing_since is 'When it was first found missing at its address (UTC); null while it is there.';
comment on column source_entry.listed_mark is 'Digest of what the list said of it when it was last asked for: another one means that it changed.';
comment on column source_entry.etag is 'Validator that the server gave with it; null where it has to come whole.';
comment on column source_entry.last_modified is 'When it changed, as the server said; null where it has to come whole.';
comment on column source_entry.content_hash is 'SHA-256 of its title and main text as last landed, in hex; null before.';
comment on column source_entry.record is 'WARC file and offset in landing of what last came; null where nothing did.';
comment on column source_entry.attempts is 'How often in a row it could not be had.';
comment on column source_entry.next_try_at is 'Not asked for again before (UTC); null where the next run may.';
comment on column source_entry.last_problem is 'Why it could not be had the last time; null otherwise.';
comment on column source_entry.hints is 'What the list said about it, as JSON: title, published, updated, language, publisher.';
