-- dimension: accountability
-- table: fact_numeral
-- severity: minor
-- owner: extraction rules
-- warn: 0 rows
-- why: Releases with unexplained numerals that multiply on one day are a new way of writing, or damaged texts.
-- remedy: Read releases of the days listed, and add the new form as a rule.
-- Counted are releases, so that one with a strange table does not make a day. The one with most of them leads to the words.
with day as (
    select
        source,
        day,
        count(*) as releases,
        count(*) filter (unexplained >= 3 and unexplained >= 0.1 * numerals) as strange,
        sum(unexplained)::bigint as unexplained,
        max_by(release_key, unexplained) as release_key
    from release_counts
    group by source, day
),

compared as (
    select
        *,
        releases * (sum(strange) over before + 1) / (sum(releases) over before + 1) as expected
    from day
    window before as (partition by source order by day rows between 60 preceding and 1 preceding)
    qualify sum(releases) over before >= 40
)

select release_key, source, day, strange as strange_releases, releases, round(expected, 2) as expected, unexplained
from compared
where strange >= 3 and strange > 0.25 * releases and strange > 5 * expected
order by day desc, source;

select count(*) from source_day where numerals > 0
