-- Grain: one release whose address is what was asked for or ends with it, in the revision that stands now, else the
-- last; the whole address first.
select
    release_key,
    release_id,
    revision,
    title,
    published_on,
    source_uri,
    source_uri = $asked or url_decode(source_uri) = $asked as is_whole,
    count(*) over (partition by is_whole) as alike
from (
    from dim_release
    where ends_with(url_decode(source_uri), $asked)
    qualify row_number() over (partition by release_id order by is_current desc, revision desc) = 1
)
where is_whole or ends_with(url_decode(source_uri), '/' || $asked)
order by is_whole desc, published_on desc, source_uri
limit $top
