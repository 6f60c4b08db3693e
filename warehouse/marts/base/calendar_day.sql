-- Grain: one calendar day and what may be expected of it: working days of a name are alike, and so are holidays.
create view calendar_day as
with fixed as (
    -- Holidays that stand on the same day each year are known for years that no seed covers, too.
    select month, day
    from dim_date
    where is_holiday and year_ce > (select max(year_ce) from dim_date where is_holiday is not null) - 3
    group by month, day
    having count(*) = 3
)

select
    dim_date.date as day,
    case
        when coalesce(dim_date.is_holiday, fixed.day is not null) then 'holiday'
        else dim_date.weekday_abbr_en
    end as kind,
    dim_date.is_weekend or coalesce(dim_date.is_holiday, fixed.day is not null) as is_free,
    dim_date.is_holiday is not null as is_certain
from dim_date
left join fixed on fixed.month = dim_date.month and fixed.day = dim_date.day
where dim_date.date is not null;

comment on view calendar_day is 'Days by what may be expected of them. Grain: one calendar day.';
comment on column calendar_day.day is 'The day.';
comment on column calendar_day.kind is 'Holiday, or the day of the week (Mon …): days of a kind are compared with each other.';
comment on column calendar_day.is_free is 'Whether nobody works: Saturday, Sunday, or a public holiday.';
comment on column calendar_day.is_certain is 'Whether the holidays of its year are known; else only those that stand on the same day each year.';
