-- dimension: consistency
-- table: fact_consistency
-- severity: minor
-- owner: source desk
-- warn: 1 %
-- why: A weekday that the date does not have means that the day, the month or the year is wrong.
-- remedy: Read the sentences in the mart `consistency`; the publication date often tells which part is wrong.
select fact_consistency.release_key, fact_consistency.char_start, fact_consistency.expected, fact_consistency.found
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'weekday_date' and fact_consistency.verdict = 'differs';

select count(*)
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'weekday_date' and fact_consistency.verdict <> 'unknown'
