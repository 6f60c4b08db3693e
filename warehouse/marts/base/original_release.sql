-- Grain: one release as it stands now that is no copy of another one. The marts of facts build on it: a fact counts once.
create view original_release as
with copies as (
    select copy_of_key, count(*) as copy_count
    from current_release
    where copy_of_key is not null
    group by copy_of_key
)

select current_release.* exclude (is_copy, copy_of_key), coalesce(copies.copy_count, 0) as copy_count
from current_release
left join copies on copies.copy_of_key = current_release.release_key
where
    current_release.copy_of_key is null
    -- What was the first that was known on a day of the past may be a copy of one that was found since.
    or current_release.copy_of_key not in (select release_key from current_release);

comment on view original_release is 'Releases as they stand now without the copies of others. Grain: one current release that is no copy.';
comment on column original_release.release_key is 'Key of the current revision (dim_release).';
comment on column original_release.release_id is 'Name of the release, shared by all its revisions.';
comment on column original_release.revision is 'Number of the revision, from 1.';
comment on column original_release.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column original_release.published_month is 'First day of the month of publication; null where unknown.';
comment on column original_release.source is 'Source that it came from.';
comment on column original_release.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column original_release.publisher_ref is 'The publisher''s own number or URL for the release.';
comment on column original_release.title is 'First non-empty line of the text.';
comment on column original_release.body is 'The whole text.';
comment on column original_release.char_count is 'Length of the body in Unicode code points.';
comment on column original_release.language is 'ISO 639 code of the text''s language, else the one declared for the source, else und.';
comment on column original_release.dateline_place is 'Place of the dateline as written.';
comment on column original_release.dateline_place_name is 'English name of that place (dim_place); null where there is none or no seed lists it.';
comment on column original_release.first_seen_at is 'When any revision of the release was first acquired (UTC).';
comment on column original_release.revised_at is 'When this revision was acquired (UTC).';
comment on column original_release.source_uri is 'Where the document was read.';
comment on column original_release.release_uri is 'The release in this revision, as an address; `klangkhao show` opens it with every fact highlighted.';
comment on column original_release.copy_count is 'Current releases that say the same and are left out here.';
