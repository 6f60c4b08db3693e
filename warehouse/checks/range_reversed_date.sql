-- dimension: consistency
-- table: fact_date
-- severity: critical
-- owner: extraction rules
-- warn: 0 rows
-- fail: 0.5 % of 200 rows or more
-- why: A period ends on or after the day it starts.
-- remedy: Look at the expressions listed; the missing part of a range was taken from the wrong end.
select release_key, char_start, surface, edtf, date_start, date_end
from fact_date
where date_start > date_end or (date_start is null) <> (date_end is null)
