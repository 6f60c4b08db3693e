-- dimension: consistency
-- table: fact_money
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- fail: 1 % of 200 rows or more
-- why: The upper end of a range is not below its lower end.
-- remedy: Look at the expressions listed; a scale word was not shared by both ends.
select release_key, char_start, surface, amount, amount_max
from fact_money
where amount_max < amount
