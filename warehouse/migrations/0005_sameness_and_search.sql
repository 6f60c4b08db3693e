-- Which releases say the same, and the words of every text. Signatures are made by the next run; releases loaded before
-- have no words until a rebuild.
comment on column dim_release.duplicate_of_key is 'The first published of the current releases that say the same, which counts for all of them; null for that one and for one alone.';

create table release_similarity (
    release_key bigint not null,
    earlier_key bigint not null,
    kind varchar not null,
    similarity double not null,
    facts_added varchar[] not null,
    facts_missing varchar[] not null
);
comment on table release_similarity is 'Current releases with almost the same text, and whether they state the same facts. Grain: one pair of current releases.';
comment on column release_similarity.release_key is 'The release published later (dim_release); on the same day the one whose URI sorts later.';
comment on column release_similarity.earlier_key is 'The release published earlier (dim_release).';
comment on column release_similarity.kind is 'exact: the same text but for blanks and forms of letters and digits; near: almost the same text, the same facts; corrected: almost the same text, other facts (a correction, or the next of a series), so no copy.';
comment on column release_similarity.similarity is 'Share of the runs of five letters that both texts have, of those that either has (Jaccard); 1 for exact.';
comment on column release_similarity.facts_added is 'Facts and other numbers, as written, that only the later one states; empty unless corrected.';
comment on column release_similarity.facts_missing is 'Facts and other numbers, as written, that only the earlier one states; empty unless corrected.';

create table release_signature (
    release_key bigint not null,
    text_digest bigint not null,
    bands integer[] not null
);
comment on table release_signature is 'What the comparison of releases goes by: MinHash signatures of the current ones. Grain: one current release.';
comment on column release_signature.release_key is 'The release (dim_release).';
comment on column release_signature.text_digest is 'Hash of the text without blanks, each letter and digit in one form: equal for exact copies.';
comment on column release_signature.bands is 'Hashes of the bands of its MinHash signature: similar texts have some in common, at the same position.';

create table release_word (
    release_key bigint not null,
    word varchar not null,
    places integer[] not null,
    in_title boolean not null
);
comment on table release_word is 'The words of every text, for search: Thai cut by dictionary, Latin in small letters, numbers in Western digits. Grain: one word of one release revision.';
comment on column release_word.release_key is 'Revision of the release that the word stands in (dim_release).';
comment on column release_word.word is 'The word.';
comment on column release_word.places is 'Its places in the order of the text''s words, from 0.';
comment on column release_word.in_title is 'Whether it stands in the title.';
