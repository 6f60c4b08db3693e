-- question: What are the largest amounts, and which sentence says so?
-- grain: a release, with the largest amount in its text; the ten largest.
-- read: `amount_thb` is the amount in baht of its month, `surface` the words, `sentence` the stretch of text around.
-- beware: A comparator belongs to the figure: `gt` is "more than", `approx` "about". The largest figure in a text is
--   often not what it announces but what it is compared with. What cannot be right is left out (`money.is_plausible`):
--   the check money_implausible lists it.
select
    published_on,
    surface,
    comparator,
    round(amount_thb, 0)::decimal(38, 0) as amount_thb,
    sentence,
    title
from money
where is_plausible and amount_thb is not null
qualify row_number() over (partition by release_key order by money.amount_thb desc, char_start) = 1
order by money.amount_thb desc, title
limit 10
