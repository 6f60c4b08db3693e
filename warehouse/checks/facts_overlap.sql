-- dimension: uniqueness
-- table: fact_numeral
-- severity: critical
-- owner: extraction rules
-- warn: 0 rows
-- fail: 0 rows
-- why: A numeral that belongs to two facts would be counted twice: no two facts share a place in the text.
-- remedy: Run `klangkhao rebuild`; if it stays, the extractor has a fault: report the rows listed.
with fact as (
    select release_key, char_start, char_end from fact_date
    union all
    select release_key, char_start, char_end from fact_money
    union all
    select release_key, char_start, char_end from fact_count
    union all
    select release_key, char_start, char_end from fact_measure
),

following as (
    select
        release_key,
        char_start,
        char_end,
        lead(char_start) over (partition by release_key order by char_start, char_end) as next_start
    from fact
)
select release_key, char_start, char_end, next_start
from following
where next_start < char_end;

select
    (select count(*) from fact_date)
    + (select count(*) from fact_money)
    + (select count(*) from fact_count)
    + (select count(*) from fact_measure)
