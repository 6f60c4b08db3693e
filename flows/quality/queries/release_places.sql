-- Grain: one mention of a place in the releases asked for.
select
    fact_place.release_key,
    fact_place.char_start,
    fact_place.char_end,
    fact_place.surface,
    dim_place.name_en,
    dim_place.name_th
from fact_place
join dim_place using (place_key)
where fact_place.release_key in (select unnest($keys))
order by fact_place.release_key, fact_place.char_start
