-- dimension: consistency
-- table: dim_unit
-- severity: major
-- owner: vocabulary
-- warn: 0 rows
-- fail: 0 rows
-- why: What is measured in a unit is converted by its factor: the two ways in which it is kept must say the same.
-- remedy: Run `klangkhao run`, which loads the units anew; if it stays, correct seeds/units.csv.
select unit_key, unit_code, factor_to_si, factor_numerator, factor_denominator
from dim_unit
where
    (factor_to_si is null) <> (factor_numerator is null)
    or (factor_numerator is null) <> (factor_denominator is null)
    or factor_numerator is not null
    and abs(
        factor_numerator::double / factor_denominator
        / (string_split(factor_to_si, '/')[1]::double / coalesce(string_split(factor_to_si, '/')[2], '1')::double)
        - 1
    ) > 1e-9
    or canonical_code is not null and canonical_code not in (select unit_code from dim_unit)
