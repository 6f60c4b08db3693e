-- Grain: one pair of facts of the releases asked for that contradict each other.
select release_key, char_start, char_end, surface, kind, expected, found
from fact_consistency
where release_key in (select unnest($keys)) and verdict = 'differs'
order by release_key, char_start
