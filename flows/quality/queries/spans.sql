-- Grain: one place of a text that a check names: its release, its end if a fact, a numeral, a place or a pair of the
-- table starts there, and the text around it.
with asked as (
    select
        unnest($numbers) as number,
        unnest($tables) as table_name,
        unnest($keys) as release_key,
        unnest($starts) as char_start
),

found as (
    select
        asked.number,
        asked.release_key,
        asked.char_start,
        -- What starts there in the table itself, else anything that does; of several the longest.
        coalesce(
            max(span.char_end) filter (span.table_name = asked.table_name),
            max(span.char_end)
        ) as char_end
    from asked
    left join fact_span as span on span.release_key = asked.release_key and span.char_start = asked.char_start
    group by all
)

select
    found.number,
    found.release_key,
    found.char_start,
    found.char_end,
    dim_release.release_id,
    dim_release.revision,
    dim_release.title,
    dim_release.published_on,
    dim_release.source_uri,
    substring(
        dim_release.body,
        greatest(found.char_start - $around, 0) + 1,
        least(found.char_start, $around)
    ) as before,
    substring(
        dim_release.body, found.char_start + 1, least(found.char_end - found.char_start, $longest)
    ) as surface,
    found.char_end - found.char_start > $longest as is_cut,
    substring(dim_release.body, found.char_end + 1, $around) as after
from found
join dim_release using (release_key)
order by found.number
