-- question: What are the numerals of each source, and how many does no rule explain?
-- grain: a role (a kind of fact, a reason why a numeral is none, or unexplained) in a source.
-- read: `share` is percent of the source's numerals; `example` is one of them.
-- beware: Numerals are counted, not facts: a range is two numerals and one fact.
select
    releases.source,
    fact_numeral.role,
    count(*) as numerals,
    round(100 * count(*) / sum(count(*)) over (partition by releases.source), 2) as share,
    min_by(fact_numeral.surface, (releases.source_uri, fact_numeral.char_start)) as example
from fact_numeral
join releases using (release_key)
where not releases.is_copy
group by releases.source, fact_numeral.role
order by releases.source, numerals desc, fact_numeral.role
