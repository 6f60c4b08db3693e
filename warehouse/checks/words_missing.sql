-- dimension: completeness
-- table: release_word
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- why: Search finds a release by its words: one without any is never found.
-- remedy: Run `klangkhao rebuild`, which cuts all texts into words again.
with worded as (
    select distinct release_key from release_word
)
select release_key, source_uri
from dim_release
anti join worded using (release_key)
where is_current and regexp_matches(body, '[\p{L}\p{N}]')
union all
select release_key, null
from worded
anti join dim_release using (release_key);

select count(*) from dim_release where is_current
