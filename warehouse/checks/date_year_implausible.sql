-- dimension: validity
-- table: fact_date
-- severity: major
-- owner: extraction rules
-- warn: 0.2 %
-- fail: 5 % of 200 rows or more
-- why: A year before 1200 or after 2200 in a press release is nearly always an era read wrongly.
-- remedy: Look at the sentences; if the text means it, the check is right to warn and nothing is to be done.
select release_key, char_start, surface, edtf
from fact_date
where date_start < date '1200-01-01' or date_end > date '2200-12-31'
