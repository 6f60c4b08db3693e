-- dimension: consistency
-- table: dim_place
-- severity: major
-- owner: vocabulary
-- warn: 0 rows
-- fail: 0 rows
-- why: A place lies in its province and its country; answers by province or country follow these keys.
-- remedy: Run `klangkhao run`, which loads the places anew; if it stays, correct seeds/places.csv.
select place_key, place_code, parent_key, province_key, country_key
from dim_place
where
    parent_key not in (select place_key from dim_place)
    or province_key not in (select place_key from dim_place where kind in ('province', 'unknown'))
    or country_key not in (select place_key from dim_place where kind in ('country', 'unknown'))
    or kind = 'province' and province_key <> place_key
    or kind = 'country' and country_key <> place_key
