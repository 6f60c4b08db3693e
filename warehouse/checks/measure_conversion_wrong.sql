-- dimension: consistency
-- table: fact_measure
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- fail: 0.5 % of 200 rows or more
-- why: A quantity in SI units is its value times the factor of its unit; answers across units add up these.
-- remedy: Run `klangkhao rebuild`; if it stays, correct the factor of the unit in seeds/units.csv.
select fact_measure.release_key, fact_measure.char_start, fact_measure.value, fact_measure.unit_code, fact_measure.value_si
from fact_measure
join dim_unit using (unit_key)
where
    fact_measure.value_si is not null
    and dim_unit.factor_numerator is not null
    and abs(fact_measure.value_si::double - fact_measure.value::double * dim_unit.factor_numerator / dim_unit.factor_denominator)
    > 1e-6 * greatest(abs(fact_measure.value_si::double), 1e-3)
