-- dimension: consistency
-- table: fact_measure
-- severity: minor
-- owner: vocabulary
-- warn: 2 %
-- why: A unit that no seed lists is kept as written; it has no name and can't be converted.
-- remedy: Add the unit to seeds/units.csv and its spellings to seeds/unit_forms.csv.
select fact_measure.release_key, fact_measure.char_start, fact_measure.unit_code
from fact_measure
left join dim_unit using (unit_key)
where dim_unit.unit_key is null or dim_unit.kind = 'as_written'
