-- What web pages say of their releases in metadata, and what of their text may have been left out.
alter table dim_release add column lost_numerals varchar[] default [];
alter table dim_release alter column lost_numerals set not null;
alter table dim_release alter column lost_numerals drop default;
comment on column dim_release.publisher is 'Wire service or agency as the text names it; of a web page whose text names none, who publishes it.';
comment on column dim_release.lost_numerals is 'Numerals of the web page that may belong to the text and are not in it; empty for others.';

create table release_metadata (
    release_key bigint not null,
    field varchar not null,
    candidate_no integer not null,
    value varchar not null,
    found_in varchar not null,
    rule_name varchar not null,
    is_chosen boolean not null
);
comment on table release_metadata is 'What web pages, the feeds that listed them and their texts say of a release. All candidates for each field, and which was believed. Grain: one candidate of one field of one release revision.';
comment on column release_metadata.release_key is 'Revision of the release (dim_release).';
comment on column release_metadata.field is 'What it is said of: title, published_on, publisher, canonical_url or language.';
comment on column release_metadata.candidate_no is 'Number of the candidate among those of the field, from 1; what is believed more readily stands before.';
comment on column release_metadata.value is 'What is said, as written.';
comment on column release_metadata.found_in is 'Where: json_ld, meta, time_element, feed, header (at the headline of the page), url or text.';
comment on column release_metadata.rule_name is 'What read it, as json_ld.NewsArticle.datePublished.';
comment on column release_metadata.is_chosen is 'Whether it was believed.';
