-- dimension: consistency
-- table: dim_release
-- severity: minor
-- owner: extraction rules
-- warn: 0 rows
-- why: Each source has its own rate of dates, amounts, counts and measures; one that falls away or multiplies is a rule or a source that changed.
-- remedy: Run `klangkhao extract` on releases of the weeks listed, and compare them with those before.
-- Logarithms, so that one release with a long table does not make a week; they are compared with the twelve weeks before,
-- and with how much releases of the source differ anyway. None at all is a shift where chance would take it from all
-- releases of the week in less than one of a million weeks.
with rated as (
    unpivot (
        select
            source,
            date_trunc('week', day)::date as week,
            ln(1 + dates) as dates,
            ln(1 + money) as money,
            ln(1 + counts) as counts,
            ln(1 + measures) as measures
        from release_counts
    )
    on dates, money, counts, measures
    into name fact value rate
),

spread as (
    select source, fact, stddev_samp(rate) as spread
    from rated
    group by source, fact
),

week as (
    select source, fact, week, avg(rate) as rate, avg((rate > 0)::integer) as having_any, count(*) as releases
    from rated
    group by source, fact, week
    having count(*) >= 8
),

compared as (
    select
        *,
        median(rate) over before as usual,
        1.4826 * mad(rate) over before as fluctuation,
        median(having_any) over before as having_any_before
    from week
    window before as (partition by source, fact order by week rows between 12 preceding and 1 preceding)
    qualify count(*) over before >= 6
)

select
    compared.source,
    compared.week,
    compared.fact,
    round(exp(compared.rate) - 1, 2) as facts_a_release,
    round(exp(compared.usual) - 1, 2) as usual,
    compared.releases
from compared
join spread using (source, fact)
where
    abs(compared.rate - compared.usual)
    > greatest(4 * compared.fluctuation, 4.5 * spread.spread / sqrt(compared.releases))
    and (compared.rate < 0.4 * compared.usual or compared.rate > 1.6 * compared.usual)
    or compared.rate = 0
    and compared.releases * ln(1 - least(compared.having_any_before, 0.99)) < ln(1e-6)
order by compared.week desc, compared.source, compared.fact;

select count(distinct (source, date_trunc('week', day))) from release_counts
