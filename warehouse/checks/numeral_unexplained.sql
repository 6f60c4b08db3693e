-- dimension: accountability
-- table: fact_numeral
-- severity: major
-- owner: extraction rules
-- warn: 2 %
-- fail: 10 % of 500 rows or more
-- why: A number in a text that is neither a fact nor has a named reason is one that the warehouse knows nothing of.
-- remedy: The report groups them with their context: the largest group is the next rule to write.
select release_key, char_start, surface
from fact_numeral
where role = 'unexplained'
