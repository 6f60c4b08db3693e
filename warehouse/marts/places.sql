-- Grain: one mention of a place in one current release that is no copy of another.
-- Key: release_key, char_start.
create view places as
select
    original_release.release_key,
    original_release.published_on,
    original_release.source,
    original_release.publisher,
    original_release.title,
    case
        when original_release.char_count > 200000 then fact_place.surface
        else substring(
            string_split(original_release.body, chr(10))[fact_place.line_no + 1],
            fact_place.sentence_start + 1,
            fact_place.sentence_end - fact_place.sentence_start
        )
    end as sentence,
    fact_place.surface,
    dim_place.place_code,
    dim_place.kind,
    dim_place.name_en,
    dim_place.name_th,
    dim_place.province_name_en,
    dim_place.province_name_th,
    dim_place.country_name_en,
    dim_place.country_name_th,
    fact_place.evidence,
    dim_rule.rule_name as rule,
    original_release.copy_count,
    fact_place.paragraph_no,
    fact_place.char_start,
    fact_place.char_end,
    original_release.source_uri,
    original_release.release_uri || '#char=' || fact_place.char_start || ',' || fact_place.char_end as fact_uri
from fact_place
join original_release using (release_key)
left join dim_place using (place_key)
left join dim_rule using (rule_key);

comment on view places is 'Places that current releases name. Copies are left out, so that a fact counts once. Grain: one mention of a place in one current release.';
comment on column places.release_key is 'Release that the mention stands in (dim_release).';
comment on column places.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column places.source is 'Source of the release.';
comment on column places.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column places.title is 'Title of the release.';
comment on column places.sentence is 'The stretch of text around the mention; of a text above 200,000 letters the mention alone.';
comment on column places.surface is 'The name as written.';
comment on column places.place_code is 'Code of the place: ISO 3166-1 or 3166-2, GN and a number of GeoNames, or our own (XX-, R-).';
comment on column places.kind is 'country, province, city or region.';
comment on column places.name_en is 'English name of the place.';
comment on column places.name_th is 'Thai name of the place.';
comment on column places.province_name_en is 'English name of the province that it is or lies in; null where there is none.';
comment on column places.province_name_th is 'Thai name of that province.';
comment on column places.country_name_en is 'English name of the country that it is or lies in; null where there is none.';
comment on column places.country_name_th is 'Thai name of that country.';
comment on column places.evidence is 'Why it is a mention: name (the name means nothing else), title (จังหวัด … stands before it) or list (it stands in a list with a certain one).';
comment on column places.rule is 'Rule that read it.';
comment on column places.copy_count is 'How many other releases say the same: their facts are left out, so that each counts once.';
comment on column places.paragraph_no is 'Paragraph (non-blank line) that the mention starts in, from 0.';
comment on column places.char_start is 'First code point of the mention in the body, from 0.';
comment on column places.char_end is 'Code point after its last one.';
comment on column places.source_uri is 'Where the document was read.';
comment on column places.fact_uri is 'Where the mention stands, as an address: its release, revision and place in the text (RFC 5147); `klangkhao show` opens it, highlighted.';
