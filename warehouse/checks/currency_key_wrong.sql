-- dimension: consistency
-- table: fact_money
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: Code and key of an amount's currency name the same one, or its value depends on the way it is asked for.
-- remedy: Run `klangkhao rebuild`; if it stays, report the rows listed.
select fact_money.release_key, fact_money.char_start, fact_money.currency_code, fact_money.currency_key
from fact_money
join dim_currency using (currency_code)
where dim_currency.currency_key <> fact_money.currency_key
