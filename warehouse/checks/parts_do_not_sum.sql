-- dimension: consistency
-- table: fact_consistency
-- severity: minor
-- owner: source desk
-- warn: 5 %
-- why: A total that its own parts do not add up to should not be added to anything else.
-- remedy: Read the sentences in the mart `consistency`; parts may overlap or be left out, else tell the publisher.
select fact_consistency.release_key, fact_consistency.char_start, fact_consistency.expected, fact_consistency.found
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'total_parts' and fact_consistency.verdict = 'differs';

select count(*)
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'total_parts' and fact_consistency.verdict <> 'unknown'
