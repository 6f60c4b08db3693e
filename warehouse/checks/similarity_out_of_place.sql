-- dimension: consistency
-- table: release_similarity
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- why: A pair of releases that say the same is two current ones, the earlier first; others lead nowhere.
-- remedy: Run `klangkhao run`, which compares the releases again; if it stays, run `klangkhao rebuild`.
select pair.release_key, pair.earlier_key, pair.kind
from release_similarity as pair
left join dim_release as later on later.release_key = pair.release_key
left join dim_release as earlier on earlier.release_key = pair.earlier_key
where
    not coalesce(later.is_current and earlier.is_current, false)
    or pair.release_key = pair.earlier_key
    or later.published_on < earlier.published_on
