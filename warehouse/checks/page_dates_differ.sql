-- dimension: consistency
-- table: release_metadata
-- severity: minor
-- owner: source desk
-- warn: 5 %
-- why: A page that gives its release two days far apart leaves the day of publication uncertain.
-- remedy: Compare the pages of the releases listed; the order of belief stands in release_metadata.
with said as (
    select release_key, try_cast(left(value, 10) as date) as day, is_chosen
    from release_metadata
    where field = 'published_on'
)

select chosen.release_key, chosen.day as chosen_on, min(other.day) as earliest, max(other.day) as latest
from said as chosen
join said as other using (release_key)
join dim_release using (release_key)
where chosen.is_chosen and not other.is_chosen and abs(other.day - chosen.day) > 7 and dim_release.is_current
group by chosen.release_key, chosen.day;

select count(distinct release_key) from release_metadata where field = 'published_on'
