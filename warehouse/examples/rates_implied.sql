-- question: Which exchange rates do the texts imply, and how far are they from the rate of the month?
-- grain: an amount with its conversion in another currency.
-- read: `expected` is the mean rate of the month of publication, `found` the one that the two amounts imply; `off` is
--   the difference in percent of the expected rate.
-- beware: Both amounts are rounded, and texts convert at the rate of another day than the mean: up to 15 percent (25
--   where only the mean of the year is known), and what the rounding of the conversion adds, still `agrees`; so does a
--   rate that the text itself states. What `differs` is a slip, an old rate or two amounts that do not belong together.
select
    published_on,
    left_surface,
    right_surface,
    expected,
    found,
    round(100 * deviation, 1) as off,
    verdict,
    publisher
from consistency
where kind = 'conversion'
order by abs(deviation) desc nulls last, published_on, release_key, char_start
