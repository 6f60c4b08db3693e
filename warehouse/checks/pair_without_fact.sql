-- dimension: consistency
-- table: fact_consistency
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- why: A pair names the facts that it compares by their place; one that is not there cannot be looked at.
-- remedy: Its fact was set aside: see etl_quarantine, mend the rule named there and run `klangkhao rebuild`.
with fact as (
    select 'fact_date' as table_name, release_key, char_start, char_end from fact_date
    union all
    select 'fact_money', release_key, char_start, char_end from fact_money
    union all
    select 'fact_count', release_key, char_start, char_end from fact_count
    union all
    select 'fact_measure', release_key, char_start, char_end from fact_measure
),

named as (
    select release_key, char_start as pair_start, left_table as table_name, left_char_start as char_start, left_char_end as char_end
    from fact_consistency
    union all
    select release_key, char_start, right_table, right_char_start, right_char_end
    from fact_consistency
    where right_table is not null
)

select named.release_key, named.pair_start, named.table_name, named.char_start
from named
anti join fact using (table_name, release_key, char_start, char_end)
