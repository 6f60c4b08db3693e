-- question: Which releases contradict themselves?
-- grain: something that one text says twice, in two different ways.
-- read: `expected` follows from the left one, `found` is what the right one says: an amount in words beside its
--   digits, a weekday beside its date, a total beside its parts, a number beside the names it counts.
-- beware: The extractor reads both sides; look at the sentence before you blame the text.
-- sample: second run
select
    published_on,
    kind,
    left_surface,
    right_surface,
    expected,
    found,
    round(100 * deviation, 1) as off,
    sentence,
    title
from consistency
where verdict = 'differs'
order by published_on, release_key, kind, char_start
