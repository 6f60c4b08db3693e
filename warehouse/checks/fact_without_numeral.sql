-- dimension: consistency
-- table: fact_date, fact_money, fact_count, fact_measure
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- fail: 1 % of 200 rows or more
-- why: The ledger and the facts tell one story: a fact with digits has its numerals in the ledger under the same role.
-- remedy: Run `klangkhao rebuild`; if it stays, the extractor has a fault: report the rows listed.
select fact.release_key, fact.char_start, fact.surface
from {table} as fact
where
    regexp_matches(fact.surface, '[0-9๐-๙]')
    and not exists (
        from fact_numeral
        where
            fact_numeral.release_key = fact.release_key
            and fact_numeral.char_start >= fact.char_start
            and fact_numeral.char_end <= fact.char_end
            and fact_numeral.role = replace('{table}', 'fact_', '')
    )
