-- What the texts say twice: pairs of facts that should agree. Releases loaded before have none until a rebuild.
create table fact_consistency (
    release_key bigint not null,
    char_start integer not null,
    char_end integer not null,
    surface varchar not null,
    paragraph_no integer not null,
    line_no integer not null,
    sentence_start integer not null,
    sentence_end integer not null,
    kind varchar not null,
    left_table varchar not null,
    left_char_start integer not null,
    left_char_end integer not null,
    right_table varchar,
    right_char_start integer,
    right_char_end integer,
    expected varchar,
    found varchar,
    deviation double,
    verdict varchar not null,
    reason varchar
);
comment on table fact_consistency is 'What the texts say twice, and whether both say the same: each pair names its facts by their place. Grain: one pair of one release revision.';
comment on column fact_consistency.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_consistency.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_consistency.char_end is 'Code point after the span''s last one.';
comment on column fact_consistency.surface is 'The text of the span: body[char_start:char_end].';
comment on column fact_consistency.paragraph_no is 'Paragraph (non-blank line) that the span starts in, from 0.';
comment on column fact_consistency.line_no is 'Line of the body that the span starts in, from 0, blank ones counted.';
comment on column fact_consistency.sentence_start is 'First code point, in that line, of the stretch of text to show around the span.';
comment on column fact_consistency.sentence_end is 'Code point of that line after the stretch''s last one.';
comment on column fact_consistency.kind is 'words_digits, conversion, total_parts, count_names, weekday_date or header_dates.';
comment on column fact_consistency.left_table is 'Table of the first fact.';
comment on column fact_consistency.left_char_start is 'First code point of the first fact.';
comment on column fact_consistency.left_char_end is 'Code point after its last one.';
comment on column fact_consistency.right_table is 'Table of the second fact, of several parts the last one; null where it is no fact (words, names).';
comment on column fact_consistency.right_char_start is 'First code point of the second fact.';
comment on column fact_consistency.right_char_end is 'Code point after its last one.';
comment on column fact_consistency.expected is 'What follows from the one; null where nothing does.';
comment on column fact_consistency.found is 'What the other says; null where it cannot be read.';
comment on column fact_consistency.deviation is 'found / expected - 1; null where they are no numbers or cannot be compared.';
comment on column fact_consistency.verdict is 'agrees, differs, or unknown where the text or the seeds leave it open.';
comment on column fact_consistency.reason is 'Why the verdict is unknown; null otherwise.';
