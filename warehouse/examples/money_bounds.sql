-- question: Between which bounds do the announced baht amounts lie, year by year?
-- grain: a year of publication.
-- read: "More than 4 billion" and a range promise at least their lower figure, "up to 210 million" promises nothing
--   at all and costs that much at most. `at_least` adds up the lower bounds, `at_most` the upper ones; it is null
--   where `open_ended` amounts have none, for then the whole has none, and `at_most_of_bounded` adds up those of the
--   others. That sum is no bound of `at_least`, which counts the open-ended ones too.
-- beware: Conversions into baht are baht amounts too. "About" is taken as the figure itself, and counted in
--   `approximate`. Prices per unit are left out, and amounts that cannot be right (`money.is_plausible`); a total
--   counts beside its parts.
with stated as (
    select distinct year(published_on) as year, release_key, amount, amount_max, comparator
    from money
    where is_plausible and per_unit is null and currency_code = 'THB'
)

select
    year,
    count(*) as amounts,
    sum(case when comparator in ('le', 'lt') then 0 else amount end)::decimal(38, 2) as at_least,
    case
        when count(*) filter (where comparator in ('ge', 'gt')) = 0
            then sum(coalesce(amount_max, amount))::decimal(38, 2)
    end as at_most,
    (sum(coalesce(amount_max, amount)) filter (where comparator not in ('ge', 'gt')))::decimal(38, 2)
        as at_most_of_bounded,
    count(*) filter (where comparator in ('ge', 'gt')) as open_ended,
    count(*) filter (where comparator = 'approx') as approximate
from stated
group by year
order by year
