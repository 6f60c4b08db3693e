-- dimension: uniqueness
-- table: fact_date, fact_money, fact_count, fact_measure, fact_numeral, fact_place
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: One place of one text is one fact: a second row would count the same words twice.
-- remedy: Run `klangkhao rebuild`; if it stays, report the rows listed.
select release_key, char_start, count(*) as rows
from {table}
group by release_key, char_start
having count(*) > 1
