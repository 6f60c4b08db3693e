-- dimension: consistency
-- table: fact_money
-- severity: major
-- owner: vocabulary
-- warn: 0 rows
-- fail: 0 rows
-- why: An amount in a currency that the warehouse doesn't know has no name, no minor digits and no rate.
-- remedy: Add the currency to seeds/currencies.csv.
select fact_money.release_key, fact_money.char_start, fact_money.currency_code
from fact_money
anti join dim_currency using (currency_code)
