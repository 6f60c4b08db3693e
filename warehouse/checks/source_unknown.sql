-- dimension: consistency
-- table: dim_release
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A release of a source that isn't in the warehouse can't be counted by source or publisher.
-- remedy: Run `klangkhao run` again with the source declared in sources.toml.
select release_key, source_uri, source_key
from dim_release
anti join dim_source using (source_key)
