-- dimension: consistency
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- fail: 5 % of 100 rows or more
-- why: A day of publication that 543 years more or less put among its neighbours' is a Buddhist year taken for a Gregorian one, or the reverse.
-- remedy: Compare the header with its neighbours', and correct the day with `klangkhao quarantine fix --published-on`.
-- Neighbours are the releases of the source whose addresses come next.
with placed as (
    select
        release_key,
        source_uri,
        published_on,
        median(date_diff('day', date '2000-01-01', published_on)) over neighbours as middle,
        count(*) over neighbours as known
    from dim_release
    where is_current and published_on is not null
    window neighbours as (
        partition by source_key order by source_uri rows between 10 preceding and 10 following exclude current row
    )
),

compared as (
    select *, date '2000-01-01' + middle::integer as neighbours_on
    from placed
    where known >= 3
)

select release_key, source_uri, published_on, neighbours_on
from compared
where
    abs(year(published_on) - year(neighbours_on)) > 300
    and least(
        abs(year(published_on) + 543 - year(neighbours_on)),
        abs(year(published_on) - 543 - year(neighbours_on))
    ) <= 2;

select count(*) from dim_release where is_current and published_on is not null
