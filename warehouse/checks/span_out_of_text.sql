-- dimension: validity
-- table: fact_date, fact_money, fact_count, fact_measure, fact_numeral, fact_consistency, fact_place
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A fact must lie inside the text that it was read from.
-- remedy: Run `klangkhao rebuild`; if it stays, the extractor has a fault: report the rows listed.
select fact.release_key, fact.char_start, fact.char_end
from {table} as fact
join dim_release using (release_key)
where fact.char_start < 0 or fact.char_end <= fact.char_start or fact.char_end > dim_release.char_count
