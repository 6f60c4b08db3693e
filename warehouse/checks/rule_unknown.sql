-- dimension: consistency
-- table: fact_date, fact_money, fact_count, fact_measure, fact_numeral, fact_consistency, fact_place
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A fact names the rule that read it; a rule that no longer exists can't be looked up or mended.
-- remedy: Run `klangkhao rebuild`: the rules have changed since these facts were read.
select fact.release_key, fact.char_start, fact.rule_key
from {table} as fact
anti join dim_rule using (rule_key)
