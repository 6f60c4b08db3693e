-- dimension: consistency
-- table: fact_date, fact_money, fact_count, fact_measure, fact_numeral, fact_consistency, fact_place
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A fact without its release can't be traced, dated or shown.
-- remedy: Run `klangkhao rebuild`, which loads facts and releases together.
select fact.release_key, fact.char_start
from {table} as fact
anti join dim_release using (release_key)
