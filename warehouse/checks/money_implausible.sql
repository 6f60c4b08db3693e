-- dimension: validity
-- table: fact_money
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- fail: 5 % of 200 rows or more
-- why: An amount of nothing, below nothing or of more than the world's yearly product (in baht: ten times Thailand's) is a scale read or written wrongly.
-- remedy: Look at the sentences of the amounts listed; a scale word or a separator was misread, or the text itself is wrong. The worked questions leave them out (money.is_plausible).
select
    fact_money.release_key,
    fact_money.char_start,
    fact_money.surface,
    fact_money.amount,
    fact_money.amount_max,
    fact_money.currency_code,
    currency_limit.plausible_max
from fact_money
left join currency_limit using (currency_code)
where
    fact_money.amount <= 0
    or greatest(fact_money.amount, fact_money.amount_max) > currency_limit.plausible_max
