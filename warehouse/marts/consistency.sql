-- Grain: one pair of one current release that is no copy of another: something that its text says twice.
-- Key: release_key, kind, char_start, char_end.
create view consistency as
select
    original_release.release_key,
    original_release.published_on,
    original_release.source,
    original_release.publisher,
    original_release.title,
    case
        when original_release.char_count > 200000 then fact_consistency.surface
        else substring(
            string_split(original_release.body, chr(10))[fact_consistency.line_no + 1],
            fact_consistency.sentence_start + 1,
            fact_consistency.sentence_end - fact_consistency.sentence_start
        )
    end as sentence,
    fact_consistency.kind,
    substring(
        fact_consistency.surface,
        fact_consistency.left_char_start - fact_consistency.char_start + 1,
        fact_consistency.left_char_end - fact_consistency.left_char_start
    ) as left_surface,
    substring(
        fact_consistency.surface,
        fact_consistency.right_char_start - fact_consistency.char_start + 1,
        fact_consistency.right_char_end - fact_consistency.right_char_start
    ) as right_surface,
    fact_consistency.expected,
    fact_consistency.found,
    fact_consistency.deviation,
    fact_consistency.verdict,
    fact_consistency.reason,
    dim_rule.rule_name as rule,
    original_release.copy_count,
    fact_consistency.paragraph_no,
    fact_consistency.left_table,
    fact_consistency.left_char_start,
    fact_consistency.right_table,
    fact_consistency.right_char_start,
    fact_consistency.char_start,
    fact_consistency.char_end,
    original_release.source_uri,
    original_release.release_uri || '#char=' || fact_consistency.char_start || ',' || fact_consistency.char_end as fact_uri
from fact_consistency
join original_release using (release_key)
left join dim_rule using (rule_key);

comment on view consistency is 'What current releases say twice, and whether both say the same. Copies are left out, so that a fact counts once. Grain: one pair of one current release.';
comment on column consistency.release_key is 'Release that the pair stands in (dim_release).';
comment on column consistency.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column consistency.source is 'Source of the release.';
comment on column consistency.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column consistency.title is 'Title of the release.';
comment on column consistency.sentence is 'The stretch of text around the pair; of a text above 200,000 letters the pair alone.';
comment on column consistency.kind is 'What is said twice: words_digits, conversion, total_parts, count_names, weekday_date or header_dates.';
comment on column consistency.left_surface is 'The first fact as written.';
comment on column consistency.right_surface is 'The second fact as written, of several parts the last one; null where it is no fact (words, names).';
comment on column consistency.expected is 'What follows from the one; null where nothing does.';
comment on column consistency.found is 'What the other says; null where it cannot be read.';
comment on column consistency.deviation is 'found / expected - 1; null where they are no numbers or cannot be compared.';
comment on column consistency.verdict is 'agrees, differs, or unknown where the text or the seeds leave it open.';
comment on column consistency.reason is 'Why the verdict is unknown; null otherwise.';
comment on column consistency.rule is 'Rule that read it.';
comment on column consistency.copy_count is 'How many other releases say the same: their facts are left out, so that each counts once.';
comment on column consistency.paragraph_no is 'Paragraph (non-blank line) that the pair starts in, from 0.';
comment on column consistency.left_table is 'Table of the first fact.';
comment on column consistency.left_char_start is 'First code point of the first fact in the body, from 0.';
comment on column consistency.right_table is 'Table of the second fact; null as right_surface is.';
comment on column consistency.right_char_start is 'First code point of the second fact; null as right_surface is.';
comment on column consistency.char_start is 'First code point of the pair in the body, from 0.';
comment on column consistency.char_end is 'Code point after its last one.';
comment on column consistency.source_uri is 'Where the document was read.';
comment on column consistency.fact_uri is 'Where the pair stands, as an address: its release, revision and place in the text (RFC 5147); `klangkhao show` opens it, highlighted.';
