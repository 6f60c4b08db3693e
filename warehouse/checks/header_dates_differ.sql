-- dimension: consistency
-- table: fact_consistency
-- severity: minor
-- owner: source desk
-- warn: 2 %
-- why: The two dates of a header are one day; where they differ, the day of publication is uncertain.
-- remedy: The date in words is used. Compare with the place of collection before counting by day.
select fact_consistency.release_key, fact_consistency.char_start, fact_consistency.expected, fact_consistency.found
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'header_dates' and fact_consistency.verdict = 'differs';

select count(*)
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'header_dates' and fact_consistency.verdict <> 'unknown'
