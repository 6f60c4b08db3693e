-- dimension: consistency
-- table: fact_consistency
-- severity: minor
-- owner: source desk
-- warn: 1 %
-- why: An amount in words stands beside its digits so that a slip in either shows; here it does.
-- remedy: Read the sentences in the mart `consistency`, take neither number on trust, and tell the publisher.
select fact_consistency.release_key, fact_consistency.char_start, fact_consistency.expected, fact_consistency.found
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'words_digits' and fact_consistency.verdict = 'differs';

select count(*)
from fact_consistency
join dim_release using (release_key)
where dim_release.is_current and fact_consistency.kind = 'words_digits' and fact_consistency.verdict <> 'unknown'
