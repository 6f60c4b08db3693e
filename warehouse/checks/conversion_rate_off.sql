-- dimension: consistency
-- table: fact_consistency
-- severity: minor
-- owner: source desk
-- warn: 1 %
-- why: An amount and its conversion imply a rate; one far from the month's mean is a slip in an amount, a scale or a currency.
-- remedy: Read the sentences in the mart `consistency`; a slip of reading is mended in the rule that the amount names.
select fact_consistency.release_key, fact_consistency.char_start, fact_consistency.expected, fact_consistency.found
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'conversion' and fact_consistency.verdict = 'differs';

select count(*)
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'conversion' and fact_consistency.verdict <> 'unknown'
