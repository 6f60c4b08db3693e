-- question: Which amounts did we know on a day in the past that are no longer stated, and which are new since?
-- grain: an amount of money of a release that is stated on one side and not on the other.
-- read: `known` is `then` for what stood in the warehouse at the end of 1 March 2025 in Bangkok and was since
--   corrected or withdrawn, `now` for what has come in since. Put your own day in both places.
-- beware: Known is when klangkhao acquired a text, not when it was published. Today's rules read the texts of every
--   day.
-- sample: second run
with known_then as (
    select source_uri, title, surface, amount, currency_code
    from money_asof(date '2025-03-01')
),

known_now as (
    select source_uri, title, surface, amount, currency_code
    from money
),

differing as (
    select 'then' as known, * from known_then
    anti join known_now using (source_uri, surface, amount, currency_code)
    union all
    select 'now', * from known_now
    anti join known_then using (source_uri, surface, amount, currency_code)
)

select distinct title, known, surface, amount::decimal(38, 2) as amount, currency_code
from differing
order by title, currency_code, amount, known desc
