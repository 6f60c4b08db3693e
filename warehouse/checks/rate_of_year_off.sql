-- dimension: consistency
-- table: fx_rate_annual
-- severity: minor
-- owner: vocabulary
-- warn: 0 rows
-- why: The rate of a year lies between the rates of its months, or one of them is of another currency.
-- remedy: Correct seeds/exchange_rates_annual.csv or seeds/exchange_rates_monthly.csv, whichever is wrong.
select fx_rate_annual.currency_code, fx_rate_annual.year, fx_rate_annual.thb_per_unit
from fx_rate_annual
join fx_rate_monthly
    on fx_rate_monthly.currency_code = fx_rate_annual.currency_code
    and year(fx_rate_monthly.month) = fx_rate_annual.year
group by all
having
    count(*) = 12
    and (
        fx_rate_annual.thb_per_unit < 0.99 * min(fx_rate_monthly.thb_per_unit)
        or fx_rate_annual.thb_per_unit > 1.01 * max(fx_rate_monthly.thb_per_unit)
    )
