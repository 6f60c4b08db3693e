-- Grain: one currency: the largest amount of it that a text can mean. The one place where the limits stand.
create view currency_limit as
-- The world's yearly product (some 110 trillion US dollars in 2024) bounds amounts in any currency. Baht amounts are
-- Thailand's own money: ten times its yearly product (some 19 trillion baht), which leaves room for what the world
-- makes or loses, converted, and none for baht read or written as millions of baht.
with bound as (
    select 1.1e14 as world_usd, 2e14 as thailand_thb
),

-- Of the last year that is known: a currency that fell in value needs the larger numbers of today.
last_rate as (
    select currency_code, max_by(thb_per_unit, year)::double as thb_per_unit
    from fx_rate_annual
    group by currency_code
)

select
    dim_currency.currency_code,
    case
        when dim_currency.currency_code = 'THB' then bound.thailand_thb
        else bound.world_usd * dollar.thb_per_unit / own.thb_per_unit
    end::decimal(38, 0) as plausible_max
from dim_currency
cross join bound
left join last_rate as own using (currency_code)
left join last_rate as dollar on dollar.currency_code = 'USD';

comment on view currency_limit is 'The largest amount of each currency that a text can mean: ten times the yearly product of Thailand in baht, that of the world in any other. Grain: one currency.';
comment on column currency_limit.currency_code is 'ISO 4217 code (dim_currency).';
comment on column currency_limit.plausible_max is 'The largest plausible amount in whole units of the currency, at its rate of the last year known; null where no rate is.';
