-- dimension: consistency
-- table: fact_count, fact_measure
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- fail: 1 % of 200 rows or more
-- why: The upper end of a range is not below its lower end.
-- remedy: Look at the expressions listed; a scale word was not shared by both ends.
select release_key, char_start, surface, value, value_max
from {table}
where value_max < value
