-- What holds of whole sites over runs: until when they want to be left alone, and their robots.txt, asked conditionally.
create table source_host (
    host varchar not null,
    left_alone_until timestamp not null,
    why varchar not null
);
comment on table source_host is 'Hosts that want to be left alone for a time, whichever source asks them. Grain: one host.';
comment on column source_host.host is 'Name or address, with the port where it is none of the web''s own.';
comment on column source_host.left_alone_until is 'Nothing is asked of it before (UTC): as it said, a day at most.';
comment on column source_host.why is 'What it answered.';

create table source_robots (
    site varchar not null,
    asked_at timestamp not null,
    content varchar not null,
    etag varchar,
    last_modified varchar
);
comment on table source_robots is 'The robots.txt of sites, as they last gave it. Grain: one site (scheme, host and port).';
comment on column source_robots.site is 'Whose it is, such as https://www.example.org.';
comment on column source_robots.asked_at is 'When it came (UTC); it is asked for conditionally in every run.';
comment on column source_robots.content is 'What it says.';
comment on column source_robots.etag is 'Validator that the server gave with it; null if none.';
comment on column source_robots.last_modified is 'When it changed, as the server said; null if it did not say.';

comment on column source_entry.source_uri is 'Where it was first found, which its release is known by (dim_release.source_uri); with #2 and so on where another release has that address. Null before.';
comment on column source_entry.hints is 'What the list said about it, as JSON: title, published, updated, language, publisher. Beside it: the id that the list gives it where that is another entry''s (id), where it was led to and how often (led), looks in a row that found another text (edits); of a page in WARC files, the beginnings of the content hashes that were landed (texts).';
comment on column source_entry.attempts is 'How often in a row it could not be had; of one gone or moved, how often it was looked at since.';
