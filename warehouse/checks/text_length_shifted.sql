-- dimension: consistency
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- why: Texts of a source that are far shorter or longer than usual for a whole day were cut, or have the rest of the page in them.
-- remedy: Open releases of the days listed beside their originals.
-- The median of a day is as uncertain as its releases are few and different.
with spread as (
    select source, 1.25 * 1.4826 * mad(ln(char_count)) as spread
    from release_counts
    group by source
),

day as (
    select source, day, median(ln(char_count)) as length, count(*) as releases
    from release_counts
    group by source, day
    having count(*) >= 4
),

compared as (
    select *, median(length) over before as usual, 1.4826 * mad(length) over before as fluctuation
    from day
    window before as (partition by source order by day rows between 30 preceding and 1 preceding)
    qualify count(*) over before >= 12
)

select
    compared.source,
    compared.day,
    round(exp(compared.length)) as median_char_count,
    round(exp(compared.usual)) as usual,
    compared.releases
from compared
join spread using (source)
where
    abs(compared.length - compared.usual)
    > 6 * greatest(compared.fluctuation, spread.spread / sqrt(compared.releases), 0.15)
order by compared.day desc, compared.source;

select count(*) from source_day where releases >= 4
