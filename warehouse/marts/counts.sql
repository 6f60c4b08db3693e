-- Grain: one count of one current release.
create view counts as
select
    current_release.release_key,
    current_release.published_on,
    current_release.source,
    current_release.publisher,
    current_release.title,
    case
        when current_release.char_count > 200000 then fact_count.surface
        else substring(
            string_split(current_release.body, chr(10))[fact_count.line_no + 1],
            fact_count.sentence_start + 1,
            fact_count.sentence_end - fact_count.sentence_start
        )
    end as sentence,
    fact_count.surface,
    fact_count.value,
    fact_count.value_max,
    fact_count.unit_text as unit,
    fact_count.unit_code,
    dim_unit.entity_class,
    fact_count.comparator,
    fact_count.per_unit,
    fact_count.confidence,
    fact_count.basis,
    fact_count.alternatives,
    dim_rule.rule_name as rule,
    current_release.is_copy,
    fact_count.paragraph_no,
    fact_count.char_start,
    fact_count.char_end,
    current_release.source_uri
from fact_count
join current_release using (release_key)
left join dim_rule using (rule_key)
left join dim_unit using (unit_key);

comment on view counts is 'Counts of things that current releases state. Grain: one count of one current release.';
comment on column counts.release_key is 'Release that the fact stands in (dim_release).';
comment on column counts.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column counts.source is 'Source of the release.';
comment on column counts.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column counts.title is 'Title of the release.';
comment on column counts.sentence is 'The stretch of text around the fact; of a text above 200,000 letters the fact alone.';
comment on column counts.surface is 'The fact as written.';
comment on column counts.value is 'How many; a range''s lower end.';
comment on column counts.value_max is 'A range''s upper end; null where it is no range.';
comment on column counts.unit is 'Classifier or noun as written; null if none.';
comment on column counts.unit_code is 'Class of the classifier; null if none.';
comment on column counts.entity_class is 'What the class counts (person, project …); null if it has none.';
comment on column counts.comparator is 'How the value bounds the true one: eq, approx, gt, ge, lt or le.';
comment on column counts.per_unit is 'What it is per, as written; null for a total.';
comment on column counts.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column counts.basis is 'What context or convention supplied; null where nothing was.';
comment on column counts.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column counts.rule is 'Rule that read it.';
comment on column counts.is_copy is 'Whether the release is a copy of another one: leave copies out to count each text once.';
comment on column counts.paragraph_no is 'Paragraph (non-blank line) that the fact starts in, from 0.';
comment on column counts.char_start is 'First code point of the fact in the body, from 0.';
comment on column counts.char_end is 'Code point after its last one.';
comment on column counts.source_uri is 'Where the document was read.';
