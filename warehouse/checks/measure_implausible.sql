-- dimension: validity
-- table: fact_measure
-- severity: minor
-- owner: extraction rules
-- warn: 0.2 %
-- fail: 5 % of 200 rows or more
-- why: A share beyond a hundred thousand per cent, an age of millennia or a land larger than the earth is a unit or scale read wrongly.
-- remedy: Look at the sentences of the measures listed.
select release_key, char_start, surface, value, unit_code
from fact_measure
where
    unit_code = '%' and abs(value) > 100000
    or unit_code = 'a' and value > 100000
    or si_unit = 'm2' and value_si > 5.2e14
    or si_unit = 'm' and value_si > 1e13
