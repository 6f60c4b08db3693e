-- Grain: one date expression of one current release that is no copy of another.
-- Key: release_key, char_start, char_end.
create view dates as
select
    original_release.release_key,
    original_release.published_on,
    original_release.source,
    original_release.publisher,
    original_release.title,
    case
        when original_release.char_count > 200000 then fact_date.surface
        else substring(
            string_split(original_release.body, chr(10))[fact_date.line_no + 1],
            fact_date.sentence_start + 1,
            fact_date.sentence_end - fact_date.sentence_start
        )
    end as sentence,
    fact_date.surface,
    fact_date.edtf,
    fact_date.date_start,
    fact_date.date_end,
    fact_date.date_start - original_release.published_on as days_after_publication,
    fact_date.modifier,
    fact_date.is_relative,
    fact_date.confidence,
    fact_date.basis,
    fact_date.alternatives,
    dim_rule.rule_name as rule,
    original_release.copy_count,
    fact_date.paragraph_no,
    fact_date.char_start,
    fact_date.char_end,
    original_release.source_uri,
    original_release.release_uri || '#char=' || fact_date.char_start || ',' || fact_date.char_end as fact_uri
from fact_date
join original_release using (release_key)
left join dim_rule using (rule_key);

comment on view dates is 'Dates and periods that current releases state. Copies are left out, so that a fact counts once. Grain: one date expression of one current release.';
comment on column dates.release_key is 'Release that the fact stands in (dim_release).';
comment on column dates.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column dates.source is 'Source of the release.';
comment on column dates.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column dates.title is 'Title of the release.';
comment on column dates.sentence is 'The stretch of text around the fact; of a text above 200,000 letters the fact alone.';
comment on column dates.surface is 'The fact as written.';
comment on column dates.edtf is 'The period in EDTF (ISO 8601-2), Gregorian; X where a digit is unknown.';
comment on column dates.date_start is 'First day of the period; null where the year is unknown.';
comment on column dates.date_end is 'Last day of the period, inclusive; null as date_start is.';
comment on column dates.days_after_publication is 'Days from publication to the first day; negative for the past, null where either is unknown.';
comment on column dates.modifier is 'by, since, until or approx where the text says so; null otherwise.';
comment on column dates.is_relative is 'Whether the text names the period relative to another day (today …).';
comment on column dates.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column dates.basis is 'What context or convention supplied; null where nothing was.';
comment on column dates.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column dates.rule is 'Rule that read it.';
comment on column dates.copy_count is 'How many other releases say the same: their facts are left out, so that each counts once.';
comment on column dates.paragraph_no is 'Paragraph (non-blank line) that the fact starts in, from 0.';
comment on column dates.char_start is 'First code point of the fact in the body, from 0.';
comment on column dates.char_end is 'Code point after its last one.';
comment on column dates.source_uri is 'Where the document was read.';
comment on column dates.fact_uri is 'Where the fact stands, as an address: its release, revision and place in the text (RFC 5147); `klangkhao show` opens it, highlighted.';
