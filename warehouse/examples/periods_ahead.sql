-- question: How far ahead do the releases look: which Thai fiscal years do their future dates fall in?
-- grain: a Thai fiscal year (October to September, named after its end in the Buddhist era).
-- read: `dates` counts the expressions whose first day lies in that year and after the release, `releases` the texts.
-- beware: A period counts in the year that it starts in, however long it is. An expression that a text repeats counts
--   each time.
select
    dim_date.fiscal_year_be,
    count(*) as dates,
    count(distinct release_key) as releases,
    min(dates.date_start) as first_day,
    max(dates.date_end) as last_day
from dates
join dim_date on dim_date.date = dates.date_start
where dates.date_start > dates.published_on
group by dim_date.fiscal_year_be
order by dim_date.fiscal_year_be
