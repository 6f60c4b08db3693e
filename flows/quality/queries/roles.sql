-- Grain: one role of the numeral ledger.
select
    fact_numeral.role,
    count(*) as numerals
from fact_numeral
join dim_release using (release_key)
where dim_release.is_current
group by fact_numeral.role
order by fact_numeral.role = 'unexplained', numerals desc, fact_numeral.role
