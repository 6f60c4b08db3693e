-- Grain: one release as it stands now (its current revision). Copies of others stay in, marked by is_copy.
-- Key: release_key.
create view releases as
with facts as (
    select release_key, 'date' as kind from fact_date
    union all
    select release_key, 'money' from fact_money
    union all
    select release_key, 'count' from fact_count
    union all
    select release_key, 'measure' from fact_measure
    union all
    select release_key, case when role = 'unexplained' then 'unexplained' else 'explained' end from fact_numeral
),

tallied as (
    select
        release_key,
        count(*) filter (where kind = 'date') as date_count,
        count(*) filter (where kind = 'money') as money_count,
        count(*) filter (where kind = 'count') as count_count,
        count(*) filter (where kind = 'measure') as measure_count,
        count(*) filter (where kind in ('explained', 'unexplained')) as numeral_count,
        count(*) filter (where kind = 'unexplained') as unexplained_count
    from facts
    group by release_key
),

copies as (
    select copy_of_key, count(*) as copy_count
    from current_release
    where copy_of_key is not null
    group by copy_of_key
)

select
    current_release.release_key,
    current_release.release_id,
    current_release.published_on,
    current_release.source,
    current_release.publisher,
    current_release.publisher_ref,
    current_release.title,
    current_release.body,
    current_release.language,
    current_release.dateline_place,
    current_release.dateline_place_name,
    coalesce(tallied.date_count, 0) as date_count,
    coalesce(tallied.money_count, 0) as money_count,
    coalesce(tallied.count_count, 0) as count_count,
    coalesce(tallied.measure_count, 0) as measure_count,
    coalesce(tallied.numeral_count, 0) as numeral_count,
    coalesce(tallied.unexplained_count, 0) as unexplained_count,
    current_release.revision,
    current_release.is_copy,
    current_release.copy_of_key,
    coalesce(copies.copy_count, 0) as copy_count,
    current_release.first_seen_at,
    current_release.revised_at,
    current_release.source_uri,
    current_release.release_uri
from current_release
left join tallied using (release_key)
left join copies on copies.copy_of_key = current_release.release_key;

comment on view releases is 'Releases as they stand now, with the number of facts in each. Grain: one current release.';
comment on column releases.release_key is 'Key of the current revision (dim_release).';
comment on column releases.release_id is 'Name of the release, shared by all its revisions.';
comment on column releases.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column releases.source is 'Source that it came from.';
comment on column releases.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column releases.publisher_ref is 'The publisher''s own number or URL for the release.';
comment on column releases.title is 'First non-empty line of the text.';
comment on column releases.body is 'The whole text.';
comment on column releases.language is 'ISO 639 code of the text''s language, else the one declared for the source, else und.';
comment on column releases.dateline_place is 'Place of the dateline as written.';
comment on column releases.dateline_place_name is 'English name of that place (dim_place); null where there is none or no seed lists it.';
comment on column releases.date_count is 'Date expressions in it.';
comment on column releases.money_count is 'Amounts of money in it.';
comment on column releases.count_count is 'Counts in it.';
comment on column releases.measure_count is 'Measured quantities in it.';
comment on column releases.numeral_count is 'Numerals in it.';
comment on column releases.unexplained_count is 'Numerals that no rule explains.';
comment on column releases.revision is 'Number of the revision, from 1.';
comment on column releases.is_copy is 'Whether it says the same as another release, which counts for it: leave copies out to count each text once.';
comment on column releases.copy_of_key is 'That other release, the first published of those that say the same; null where this one is no copy.';
comment on column releases.copy_count is 'How many other releases say the same as this one, which counts for them.';
comment on column releases.first_seen_at is 'When any revision of the release was first acquired (UTC).';
comment on column releases.revised_at is 'When this revision was acquired (UTC).';
comment on column releases.source_uri is 'Where the document was read.';
comment on column releases.release_uri is 'The release in this revision, as an address; `klangkhao show` opens it with every fact highlighted.';
