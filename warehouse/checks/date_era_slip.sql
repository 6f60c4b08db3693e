-- dimension: consistency
-- table: fact_date
-- severity: minor
-- owner: extraction rules
-- warn: 0.05 %
-- fail: 2 % of 200 rows or more
-- why: A date that 543 years more or less put beside its release's own is a Buddhist year taken for a Gregorian one, or the reverse.
-- remedy: Read the sentences of the dates listed; where the text means that year, nothing is to be done.
select fact_date.release_key, fact_date.char_start, fact_date.surface, fact_date.edtf, dim_release.published_on
from fact_date
join dim_release using (release_key)
where
    abs(year(fact_date.date_start) - year(dim_release.published_on)) > 400
    and least(
        abs(year(fact_date.date_start) + 543 - year(dim_release.published_on)),
        abs(year(fact_date.date_start) - 543 - year(dim_release.published_on))
    ) <= 3
