-- Grain: one count of one current release that is no copy of another.
-- Key: release_key, char_start, char_end.
create view counts as
-- Sentences are cut where texts are joined to their facts, once a text; what follows carries no texts.
with shown as (
    select
        fact_count.*,
        original_release.* exclude (release_key, body),
        case
            when original_release.char_count > 200000 then fact_count.surface
            else substring(
                string_split(original_release.body, chr(10))[fact_count.line_no + 1],
                fact_count.sentence_start + 1,
                fact_count.sentence_end - fact_count.sentence_start
            )
        end as sentence
    from fact_count
    join original_release using (release_key)
),

-- Places in the line of a count and not farther from it than the stretch of text that is shown.
near as (
    select
        fact_count.release_key,
        fact_count.char_start,
        list(distinct dim_place.name_en order by dim_place.name_en) as places
    from fact_count
    join fact_place
        on
            fact_place.release_key = fact_count.release_key
            and fact_place.line_no = fact_count.line_no
            and fact_place.char_start >= fact_count.char_start - 160
            and fact_place.char_end <= fact_count.char_end + 160
    join dim_place using (place_key)
    group by all
)

select
    shown.release_key,
    shown.published_on,
    shown.source,
    shown.publisher,
    shown.title,
    shown.sentence,
    shown.surface,
    shown.value,
    shown.value_max,
    shown.unit_text as unit,
    shown.unit_code,
    dim_unit.entity_class,
    shown.comparator,
    shown.per_unit,
    coalesce(near.places, []) as places,
    shown.confidence,
    shown.basis,
    shown.alternatives,
    dim_rule.rule_name as rule,
    shown.copy_count,
    shown.paragraph_no,
    shown.char_start,
    shown.char_end,
    shown.source_uri,
    shown.release_uri || '#char=' || shown.char_start || ',' || shown.char_end as fact_uri
from shown
left join near using (release_key, char_start)
left join dim_rule using (rule_key)
left join dim_unit using (unit_key);

comment on view counts is 'Counts of things that current releases state. Copies are left out, so that a fact counts once. Grain: one count of one current release.';
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
comment on column counts.places is 'English names of the places named in the same line at most 160 letters from the count, sorted (dim_place).';
comment on column counts.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column counts.basis is 'What context or convention supplied; null where nothing was.';
comment on column counts.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column counts.rule is 'Rule that read it.';
comment on column counts.copy_count is 'How many other releases say the same: their facts are left out, so that each counts once.';
comment on column counts.paragraph_no is 'Paragraph (non-blank line) that the fact starts in, from 0.';
comment on column counts.char_start is 'First code point of the fact in the body, from 0.';
comment on column counts.char_end is 'Code point after its last one.';
comment on column counts.source_uri is 'Where the document was read.';
comment on column counts.fact_uri is 'Where the fact stands, as an address: its release, revision and place in the text (RFC 5147); `klangkhao show` opens it, highlighted.';
