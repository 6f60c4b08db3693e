-- dimension: accountability
-- table: dim_release
-- severity: minor
-- owner: extraction rules
-- warn: 2 %
-- why: A release in which a quarter of the numbers is unexplained was written in a form that the rules don't know.
-- remedy: Run `klangkhao extract` on some of the files listed and see what they have in common.
select release_key, count(*) as numerals, count(*) filter (role = 'unexplained') as unexplained
from fact_numeral
group by release_key
having count(*) filter (role = 'unexplained') > 0.25 * count(*) and count(*) >= 4;

select count(*) from dim_release where is_current
