-- dimension: accountability
-- table: fact_numeral
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- why: A source with several times the unexplained numerals of the others is written in a form that the rules don't know.
-- remedy: Run `klangkhao extract` on some of its releases, and add what they have in common as a rule.
with source as (
    select source, sum(numerals)::bigint as numerals, sum(unexplained)::bigint as unexplained
    from source_day
    group by source
),

compared as (
    select
        *,
        unexplained / numerals as share,
        (sum(unexplained) over () - unexplained) / nullif(sum(numerals) over () - numerals, 0) as share_of_others
    from source
    where numerals >= 200
)

select source, numerals, unexplained, round(share, 4) as share, round(share_of_others, 4) as share_of_others
from compared
where share > 0.05 or share > 0.02 and share > 3 * share_of_others
order by share desc;

select count(distinct source) from source_day
