-- question: What do things cost: which prices and rates are stated, and per what?
-- grain: what the amount is per, in one currency.
-- read: `lowest` and `highest` are the ends of all amounts stated per that unit, ranges included; `words` shows one.
-- beware: The unit is as written, so ครัวเรือน and ราย are apart though both may be a household. A price, a subsidy,
--   a wage and a limit look alike: `money.comparator` and the sentence tell them apart.
select
    per_unit,
    currency_code,
    count(distinct release_key) as releases,
    count(*) as amounts,
    min(amount)::decimal(38, 2) as lowest,
    max(coalesce(amount_max, amount))::decimal(38, 2) as highest,
    min_by(surface, (published_on, source_uri, char_start)) as words
from money
where per_unit is not null
group by per_unit, currency_code
order by releases desc, amounts desc, per_unit, currency_code
