-- Grain: one release as it stands now whose day of publication can be right: its length, and how much was read in it.
create view release_counts as
with fact as (
    select
        release_key,
        count(*) filter (kind = 'date') as dates,
        count(*) filter (kind = 'money') as money,
        count(*) filter (kind = 'count') as counts,
        count(*) filter (kind = 'measure') as measures
    from (
        select release_key, 'date' as kind from fact_date
        union all
        select release_key, 'money' from fact_money
        union all
        select release_key, 'count' from fact_count
        union all
        select release_key, 'measure' from fact_measure
    )
    group by release_key
),

numeral as (
    select release_key, count(*) as numerals, count(*) filter (role = 'unexplained') as unexplained
    from fact_numeral
    group by release_key
)

select
    current_release.release_key,
    current_release.source,
    current_release.published_on as day,
    current_release.char_count,
    current_release.is_copy,
    coalesce(fact.dates, 0) as dates,
    coalesce(fact.money, 0) as money,
    coalesce(fact.counts, 0) as counts,
    coalesce(fact.measures, 0) as measures,
    coalesce(numeral.numerals, 0) as numerals,
    coalesce(numeral.unexplained, 0) as unexplained
from current_release
left join fact using (release_key)
left join numeral using (release_key)
-- A wrong date would make a day of its own, far from all others.
where current_release.published_on between date '1990-01-01' and current_release.first_seen_at::date + 1;

comment on view release_counts is 'How much was read in each release, for the checks of volume, mix and length. Grain: one current release whose day of publication can be right.';
comment on column release_counts.release_key is 'Key of the current revision (dim_release).';
comment on column release_counts.source is 'The source.';
comment on column release_counts.day is 'Day of publication (Gregorian).';
comment on column release_counts.char_count is 'Length of the text in Unicode code points.';
comment on column release_counts.is_copy is 'Whether it says the same as another one.';
comment on column release_counts.dates is 'Date expressions in it.';
comment on column release_counts.money is 'Amounts of money in it.';
comment on column release_counts.counts is 'Counts in it.';
comment on column release_counts.measures is 'Measured quantities in it.';
comment on column release_counts.numerals is 'Numerals in it.';
comment on column release_counts.unexplained is 'Those of the numerals that nothing explains.';
