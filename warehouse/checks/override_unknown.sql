-- dimension: consistency
-- table: dim_release
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- why: A release that was read under a decision names it; one that is gone can't be looked up or taken back.
-- remedy: Run `klangkhao rebuild`, which applies the decisions again; if it stays, report the releases listed.
select release_key, source_uri, override_id
from (
    select release_key, source_uri, unnest(overrides) as override_id
    from dim_release
)
anti join etl_override using (override_id)
