-- dimension: completeness
-- table: fx_rate_monthly
-- severity: minor
-- owner: vocabulary
-- warn: 2 %
-- why: An amount whose currency has no rate in the month of its release has no value in baht and dollars.
-- remedy: Add the rates to seeds/exchange_rates_monthly.csv, or for the whole year to seeds/exchange_rates_annual.csv.
select fact_money.release_key, fact_money.char_start, fact_money.currency_code, dim_release.published_on
from fact_money
join dim_release using (release_key)
anti join fx_rate_monthly
    on fx_rate_monthly.currency_code = fact_money.currency_code
    and fx_rate_monthly.month = date_trunc('month', dim_release.published_on)::date
where dim_release.is_current and dim_release.published_on is not null and fact_money.currency_code <> 'THB';

select count(*)
from fact_money
join dim_release using (release_key)
where dim_release.is_current and dim_release.published_on is not null and fact_money.currency_code <> 'THB'
