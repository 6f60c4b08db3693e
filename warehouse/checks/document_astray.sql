-- dimension: consistency
-- table: etl_document
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: What acquisition knows of a document is what it compares with: one that is not in the warehouse would never be read again.
-- remedy: Run `klangkhao rebuild`, which reads all that was ever landed.
select etl_document.source_uri, etl_document.content_hash, etl_document.outcome
from etl_document
anti join dim_release
    on dim_release.source_uri = etl_document.source_uri and dim_release.content_hash = etl_document.content_hash
where etl_document.outcome = 'release'
union all
select dim_release.source_uri, dim_release.content_hash, 'unknown to acquisition'
from dim_release
anti join etl_document using (source_uri)
where dim_release.is_current
