-- dimension: consistency
-- table: etl_document, etl_override
-- severity: major
-- owner: warehouse
-- warn: 0 rows
-- why: Each document and decision names the landing batch that holds it; a rebuild finds it there.
-- remedy: Run `klangkhao rebuild`; if it stays, a landing file was taken away: bring it back.
select each.* 
from {table} as each
anti join etl_batch using (batch_id)
