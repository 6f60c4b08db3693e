-- dimension: accountability
-- table: dim_release
-- severity: critical
-- owner: extraction rules
-- warn: 0 rows
-- fail: 0 rows
-- why: Every digit of a text belongs to one numeral of the ledger, or the accountability of its release is a guess.
-- remedy: Run `klangkhao rebuild`; if it stays, the extractor has a fault: report the releases listed.
-- Texts and ledgers never change once they are loaded: those of runs in which all of them agreed agree still.
with in_text as (
    select release_key, length(regexp_replace(body, '[^0-9๐-๙]+', '', 'g')) as digits
    from dim_release
    where run_id not in (select run_id from quality_result where check_name = 'digits_not_in_ledger' and failing = 0)
),

in_ledger as (
    select release_key, sum(length(regexp_replace(surface, '[^0-9๐-๙]+', '', 'g'))) as digits
    from fact_numeral
    semi join in_text using (release_key)
    group by release_key
)
select in_text.release_key, in_text.digits as digits_in_text, coalesce(in_ledger.digits, 0) as digits_in_ledger
from in_text
left join in_ledger using (release_key)
where in_text.digits <> coalesce(in_ledger.digits, 0);

select count(*) from dim_release
