-- dimension: validity
-- table: fact_money
-- severity: major
-- warn: 0.2 %
-- fail: 5 % of 200 rows or more
-- why: An amount of nothing, below nothing or of more than the world's yearly product is a scale read wrongly.
-- remedy: Look at the sentences of the amounts listed; a scale word or a separator was misread.
select release_key, char_start, surface, amount, currency_code
from fact_money
where
    amount < 0
    or amount = 0
    or amount > case
        when currency_code in ('VND', 'IDR', 'KRW', 'LAK', 'KHR', 'MMK', 'IRR') then 1e18
        when currency_code in ('THB', 'JPY', 'INR', 'RUB', 'TWD', 'PHP') then 1e16
        else 4e14
    end
