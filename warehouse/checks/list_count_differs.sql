-- dimension: consistency
-- table: fact_consistency
-- severity: minor
-- owner: source desk
-- warn: 1 %
-- why: A count of what the same sentence lists can be counted again; one that differs is wrong, or its list is.
-- remedy: Read the sentences in the mart `consistency`, and count what the list names instead.
select fact_consistency.release_key, fact_consistency.char_start, fact_consistency.expected, fact_consistency.found
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'count_names' and fact_consistency.verdict = 'differs';

select count(*)
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'count_names' and fact_consistency.verdict <> 'unknown'
