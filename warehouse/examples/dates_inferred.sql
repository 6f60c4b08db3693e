-- question: How much of the dates is stated, and what was inferred from which context?
-- grain: a degree of confidence with what context or convention supplied.
-- read: `share` is percent of all date expressions; `example` shows one with its reading. `basis` is empty where the
--   text says all of it.
-- beware: An inferred year is the most probable one, not a certain one: leave out `confidence <> 'stated'` where a
--   day has to be beyond doubt.
select
    confidence,
    basis,
    count(*) as dates,
    round(100 * count(*) / sum(count(*)) over (), 1) as share,
    min(surface || ' → ' || edtf) as example
from dates
group by confidence, basis
order by dates desc, confidence, basis
