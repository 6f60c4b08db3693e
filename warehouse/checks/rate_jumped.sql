-- dimension: validity
-- table: fx_rate_monthly
-- severity: major
-- owner: vocabulary
-- warn: 0 rows
-- why: A rate that doubles or halves from one month to the next and comes back is a slip of the decimal point.
-- remedy: Compare the months listed with the publisher of the rates (seeds/SOURCES.md) and correct the seed.
select currency_code, month, thb_per_unit, before, after
from (
    select
        currency_code,
        month,
        thb_per_unit,
        lag(thb_per_unit) over by_month as before,
        lead(thb_per_unit) over by_month as after
    from fx_rate_monthly
    window by_month as (partition by currency_code order by month)
)
where
    greatest(thb_per_unit / before, before / thb_per_unit) > 1.8
    and (
        after is null
        or greatest(thb_per_unit / after, after / thb_per_unit) > 1.8
        and greatest(before / after, after / before) < 1.8
    )
