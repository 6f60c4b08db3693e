-- dimension: completeness
-- table: dim_source
-- severity: minor
-- owner: source desk
-- warn: 0 rows
-- why: A source that is declared and has never given a release is misread, misdeclared or forgotten.
-- remedy: Look at its location with `klangkhao sources --check`, or take it out of sources.toml.
select source_id, kind, location
from dim_source
anti join dim_release using (source_key)
where source_key >= 0
