-- question: How many projects and contracts were signed, place by place and quarter by quarter?
-- grain: a province or country in a calendar quarter of publication.
-- read: Counted is what stands in a sentence that speaks of signing: projects, contracts, documents. The place is one
--   that the same paragraph names, a city as its province; else that of the dateline; unknown where there is neither.
--   `number` adds up the lower ends, `words` shows what was counted.
-- beware: A paragraph that names two places counts for both, and a place may be where it was signed or what it is
--   about. What is expected to be signed counts as well.
with signed as (
    select release_key, paragraph_no, published_on, source_uri, char_start, value, surface
    from counts
    where
        (unit_code in ('{project}', '{contract}', '{document}') or unit in ('projects', 'contracts', 'agreements'))
        and regexp_matches(sentence, 'ลงนาม|เซ็นสัญญา|[Ss]igned|[Ss]igning')
),

named as (
    select distinct
        release_key,
        paragraph_no,
        coalesce(province_name_th, name_th) as name_th,
        coalesce(province_name_en, name_en) as name_en
    from places
    semi join signed using (release_key)
),

dateline as (
    select
        dim_release.release_key,
        coalesce(dim_place.province_name_th, dim_place.name_th) as name_th,
        coalesce(dim_place.province_name_en, dim_place.name_en) as name_en
    from dim_release
    join dim_place on dim_place.place_key = dim_release.dateline_place_key
)

select
    year(signed.published_on) || '-Q' || quarter(signed.published_on) as quarter,
    coalesce(named.name_th, dateline.name_th) as place_th,
    coalesce(named.name_en, dateline.name_en) as place_en,
    count(distinct signed.release_key) as releases,
    sum(signed.value)::decimal(38, 0) as number,
    string_agg(signed.surface, ' · ' order by signed.published_on, signed.source_uri, signed.char_start) as words
from signed
left join named using (release_key, paragraph_no)
left join dateline using (release_key)
group by all
order by quarter, number desc, place_en
