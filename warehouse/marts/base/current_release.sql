-- Grain: one release as it stands now (its current revision). The marts take what they say about a release from here.
create view current_release as
select
    dim_release.release_key,
    dim_release.release_id,
    dim_release.revision,
    dim_release.published_on,
    date_trunc('month', dim_release.published_on)::date as published_month,
    dim_source.source_id as source,
    coalesce(dim_release.publisher, dim_source.publisher) as publisher,
    dim_release.publisher_ref,
    dim_release.title,
    dim_release.body,
    dim_release.char_count,
    coalesce(nullif(dim_release.language, 'und'), dim_source.language, 'und') as language,
    dim_release.dateline_place,
    case when dateline.place_key >= 0 then dateline.name_en end as dateline_place_name,
    dim_release.duplicate_of_key is not null as is_copy,
    dim_release.duplicate_of_key as copy_of_key,
    dim_release.first_seen_at,
    dim_release.valid_from as revised_at,
    dim_release.source_uri,
    'klangkhao://' || dim_release.release_id || '/' || dim_release.revision as release_uri
from dim_release
left join dim_source using (source_key)
left join dim_place as dateline on dateline.place_key = dim_release.dateline_place_key
where dim_release.is_current;

comment on view current_release is 'Releases as they stand now, with the defaults of their source. Grain: one current release.';
comment on column current_release.release_key is 'Key of the current revision (dim_release).';
comment on column current_release.release_id is 'Name of the release, shared by all its revisions.';
comment on column current_release.revision is 'Number of the revision, from 1.';
comment on column current_release.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column current_release.published_month is 'First day of the month of publication; null where unknown.';
comment on column current_release.source is 'Source that it came from.';
comment on column current_release.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column current_release.publisher_ref is 'The publisher''s own number or URL for the release.';
comment on column current_release.title is 'First non-empty line of the text.';
comment on column current_release.body is 'The whole text.';
comment on column current_release.char_count is 'Length of the body in Unicode code points.';
comment on column current_release.language is 'ISO 639 code of the text''s language, else the one declared for the source, else und.';
comment on column current_release.dateline_place is 'Place of the dateline as written.';
comment on column current_release.dateline_place_name is 'English name of that place (dim_place); null where there is none or no seed lists it.';
comment on column current_release.is_copy is 'Whether it says the same as another release, which counts for it.';
comment on column current_release.copy_of_key is 'That other release, the first published of those that say the same; null where this one is no copy.';
comment on column current_release.first_seen_at is 'When any revision of the release was first acquired (UTC).';
comment on column current_release.revised_at is 'When this revision was acquired (UTC).';
comment on column current_release.source_uri is 'Where the document was read.';
comment on column current_release.release_uri is 'The release in this revision, as an address; `klangkhao show` opens it with every fact highlighted.';
