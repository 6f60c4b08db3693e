-- question: Which days that the releases name are Thai public holidays?
-- grain: a day named in the texts that is a public holiday.
-- read: `mentions` is how often a single day (no longer period) is named, `words` one way it is written.
-- beware: Holidays are known for the years that the seed covers, and `dim_date.is_holiday` is null in others. A
--   release that names a holiday often only says that an office is closed then.
select
    dim_date.date,
    dim_date.weekday_name_th as weekday,
    dim_date.holiday_name_th,
    dim_date.holiday_name_en,
    count(*) as mentions,
    count(distinct dates.release_key) as releases,
    min(dates.surface) as words,
    min_by(dates.title, (dates.published_on, dates.source_uri)) as title
from dates
join dim_date on dim_date.date = dates.date_start
where dates.date_start = dates.date_end and dim_date.is_holiday
group by all
order by dim_date.date
