-- dimension: completeness
-- table: etl_quarantine
-- severity: major
-- warn: 0 rows
-- fail: 50 % of 100 rows or more
-- why: What is in quarantine is missing from every answer.
-- remedy: `klangkhao quarantine` lists each with its reason and what to do about it.
select quarantine_key, stage, reason, source_uri
from etl_quarantine
where not exists (
    from etl_document
    where
        etl_document.source_uri = etl_quarantine.source_uri
        and etl_document.outcome = 'release'
        and etl_document.content_hash is distinct from etl_quarantine.content_hash
);

select (select count(*) from etl_quarantine) + (select count(*) from dim_release where is_current)
