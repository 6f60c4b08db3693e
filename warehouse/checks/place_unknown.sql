-- dimension: consistency
-- table: fact_place
-- severity: major
-- owner: vocabulary
-- warn: 0 rows
-- fail: 0 rows
-- why: A place that the dimension doesn't know has no name, no province and no country, and answers by place leave it out.
-- remedy: Run `klangkhao rebuild`: the places have changed since these texts were read.
select fact_place.release_key, fact_place.char_start, fact_place.place_key
from fact_place
anti join dim_place using (place_key)
union all
select dim_release.release_key, null, dim_release.dateline_place_key
from dim_release
anti join dim_place on dim_place.place_key = dim_release.dateline_place_key;

select (select count(*) from fact_place) + (select count(*) from dim_release)
