-- dimension: validity
-- table: fact_date, fact_money, fact_count, fact_measure, fact_numeral
-- severity: critical
-- warn: 0 rows
-- fail: 0 rows
-- why: A fact is traceable only if the words it quotes stand at the place it names.
-- remedy: Run `klangkhao rebuild`; if it stays, the extractor has a fault: report the rows listed.
select fact.release_key, fact.char_start, fact.char_end
from {table} as fact
join dim_release using (release_key)
where substring(dim_release.body, fact.char_start + 1, fact.char_end - fact.char_start) is distinct from fact.surface
