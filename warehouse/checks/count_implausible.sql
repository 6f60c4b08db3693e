-- dimension: validity
-- table: fact_count
-- severity: minor
-- owner: extraction rules
-- warn: 0.2 %
-- fail: 5 % of 200 rows or more
-- why: A count below nothing, or of people beyond mankind, is a scale read wrongly.
-- remedy: Look at the sentences of the counts listed.
select release_key, char_start, surface, value, unit_text
from fact_count
where value < 0 or value > 1e13 or unit_text in ('คน', 'ราย', 'ครัวเรือน') and value > 1e10
