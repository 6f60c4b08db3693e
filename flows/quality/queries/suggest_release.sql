-- Grain: one release that may be meant by a name that none has: its address or title holds the name, or comes near it.
with compared as (
    select
        release_id,
        title,
        published_on,
        source_uri,
        contains(lower(url_decode(source_uri)), lower($asked)) or contains(lower(title), lower($asked)) as is_held,
        greatest(
            jaro_winkler_similarity(lower(regexp_extract(url_decode(source_uri), '[^/]*$')), lower($asked)),
            jaro_winkler_similarity(release_id, lower($asked))
        ) as similarity
    from dim_release
    qualify row_number() over (partition by release_id order by is_current desc, revision desc) = 1
)

select release_id, title, published_on, source_uri
from compared
where is_held or similarity >= 0.75
order by is_held desc, similarity desc, published_on desc, source_uri
limit $top
