-- dimension: timeliness
-- table: source_listing
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- why: A list that could not be read three times in a row names nothing new: its source looks silent, and is not.
-- remedy: Read what went wrong; `klangkhao sources check --online` asks again. An address that moved is corrected in sources.toml.
select source_id as source, url, failures, last_problem
from source_listing
where failures >= 3
order by failures desc, source, url
