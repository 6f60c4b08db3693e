-- question: How many people, companies and projects do the releases speak of?
-- grain: what is counted (person, company, project) in a year of publication.
-- read: `counts` is how often a number of them is stated, `largest` the largest such number and `words` how it is
--   written; `up_to` is the top of the largest range.
-- beware: Numbers of people in different texts may be the same people, so nothing is added up. ราย counts people or
--   companies alike ({case_or_person}) and is left out here. A number per day or per household is left out too.
select
    unit_code,
    year(published_on) as year,
    count(*) as counts,
    count(distinct release_key) as releases,
    max(value)::decimal(38, 2) as largest,
    max(coalesce(value_max, value))::decimal(38, 2) as up_to,
    max_by(surface, (value, source_uri, char_start)) as words
from counts
where per_unit is null and unit_code in ('{person}', '{company}', '{project}')
group by unit_code, year
order by unit_code, year
