-- dimension: completeness
-- table: source_entry
-- severity: minor
-- owner: source desk
-- warn: 2 %
-- why: A release that its source lists and that could not be fetched three times is missing from every answer.
-- remedy: Read what went wrong; the address may be one that the source lists and no longer has.
select source_id as source, entry_id, url, attempts, last_problem
from source_entry
where status in ('pending', 'failed') and attempts >= 3
order by attempts desc, source, entry_id;

select count(*) from source_entry where status <> 'gone'
