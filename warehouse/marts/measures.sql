-- Grain: one measured quantity of one current release that is no copy of another.
-- Key: release_key, char_start, char_end.
create view measures as
select
    original_release.release_key,
    original_release.published_on,
    original_release.source,
    original_release.publisher,
    original_release.title,
    case
        when original_release.char_count > 200000 then fact_measure.surface
        else substring(
            string_split(original_release.body, chr(10))[fact_measure.line_no + 1],
            fact_measure.sentence_start + 1,
            fact_measure.sentence_end - fact_measure.sentence_start
        )
    end as sentence,
    fact_measure.surface,
    fact_measure.value,
    fact_measure.value_max,
    fact_measure.unit_code,
    dim_unit.name_th as unit_name_th,
    dim_unit.kind as quantity_kind,
    fact_measure.value_si,
    fact_measure.si_unit,
    fact_measure.comparator,
    fact_measure.per_unit,
    fact_measure.confidence,
    fact_measure.basis,
    fact_measure.alternatives,
    dim_rule.rule_name as rule,
    original_release.copy_count,
    fact_measure.paragraph_no,
    fact_measure.char_start,
    fact_measure.char_end,
    original_release.source_uri,
    original_release.release_uri || '#char=' || fact_measure.char_start || ',' || fact_measure.char_end as fact_uri
from fact_measure
join original_release using (release_key)
left join dim_rule using (rule_key)
left join dim_unit using (unit_key);

comment on view measures is 'Quantities with a unit of measurement that current releases state. Copies are left out, so that a fact counts once. Grain: one measured quantity of one current release.';
comment on column measures.release_key is 'Release that the fact stands in (dim_release).';
comment on column measures.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column measures.source is 'Source of the release.';
comment on column measures.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column measures.title is 'Title of the release.';
comment on column measures.sentence is 'The stretch of text around the fact; of a text above 200,000 letters the fact alone.';
comment on column measures.surface is 'The fact as written.';
comment on column measures.value is 'The quantity in unit_code; a range''s lower end.';
comment on column measures.value_max is 'A range''s upper end; null where it is no range.';
comment on column measures.unit_code is 'Code of the unit: UCUM where it has one, else as written.';
comment on column measures.unit_name_th is 'Thai name of the unit.';
comment on column measures.quantity_kind is 'Kind of quantity (length, area …); as_written if no seed lists the unit.';
comment on column measures.value_si is 'The value in si_unit; null where the unit has no exact factor to the SI.';
comment on column measures.si_unit is 'UCUM code of the SI unit of value_si.';
comment on column measures.comparator is 'How the value bounds the true one: eq, approx, gt, ge, lt or le.';
comment on column measures.per_unit is 'What it is per, as written; null for a total.';
comment on column measures.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column measures.basis is 'What context or convention supplied; null where nothing was.';
comment on column measures.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column measures.rule is 'Rule that read it.';
comment on column measures.copy_count is 'How many other releases say the same: their facts are left out, so that each counts once.';
comment on column measures.paragraph_no is 'Paragraph (non-blank line) that the fact starts in, from 0.';
comment on column measures.char_start is 'First code point of the fact in the body, from 0.';
comment on column measures.char_end is 'Code point after its last one.';
comment on column measures.source_uri is 'Where the document was read.';
comment on column measures.fact_uri is 'Where the fact stands, as an address: its release, revision and place in the text (RFC 5147); `klangkhao show` opens it, highlighted.';
