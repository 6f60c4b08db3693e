-- Grain: one row that failed a check in the last run that was checked, of those that are kept: 500 of each check.
-- Key: check_name, table_name, row_no.
create view findings as
with last as (
    select max_by(run_id, checked_at) as run_id
    from quality_result
)

select
    quality_result.verdict,
    quality_result.severity,
    quality_result.check_name,
    quality_result.table_name,
    quality_failing_row.row_no,
    quality_failing_row.failing_row,
    quality_result.failing,
    quality_result.total,
    quality_result.dimension,
    quality_result.owner,
    quality_result.why,
    dim_release.published_on,
    dim_source.source_id as source,
    dim_release.title,
    dim_release.source_uri,
    quality_failing_row.release_key,
    quality_failing_row.char_start,
    quality_failing_row.char_end,
    'klangkhao://' || dim_release.release_id || '/' || dim_release.revision as release_uri,
    'klangkhao://' || dim_release.release_id || '/' || dim_release.revision
    || '#char=' || quality_failing_row.char_start || ',' || quality_failing_row.char_end as fact_uri,
    quality_result.run_id
from last
join quality_result using (run_id)
join quality_failing_row using (run_id, check_name, table_name)
left join dim_release using (release_key)
left join dim_source using (source_key);

comment on view findings is 'What the checks of the last run found, row by row: the first 500 rows of each check, and the way to their words. Grain: one row that failed a check in the last run.';
comment on column findings.verdict is 'Verdict of the check: fail, warn, or pass where so few rows are tolerated.';
comment on column findings.severity is 'How grave a failure is: critical, major or minor.';
comment on column findings.check_name is 'Name of the check.';
comment on column findings.table_name is 'Table that it checks.';
comment on column findings.row_no is 'Number of the row among those that are kept of the check, from 1.';
comment on column findings.failing_row is 'The row as the check gives it, as JSON: its keys, and what is wrong with it.';
comment on column findings.failing is 'How many rows failed the check.';
comment on column findings.total is 'How many rows it looked at.';
comment on column findings.dimension is 'Dimension of quality that the check belongs to.';
comment on column findings.owner is 'Who answers for the check.';
comment on column findings.why is 'Why it matters.';
comment on column findings.published_on is 'Day of publication of the release; null where the row is about none, or the day is unknown.';
comment on column findings.source is 'Source of the release; null where the row is about none.';
comment on column findings.title is 'Title of the release; null where the row is about none.';
comment on column findings.source_uri is 'Where the document was read; null where the row is about none.';
comment on column findings.release_key is 'Release that the row stands in or tells of (dim_release); null where it is about none.';
comment on column findings.char_start is 'First code point of its span in the body, from 0; null where it is about a whole release, or none.';
comment on column findings.char_end is 'Code point after the span''s last one; null where the check does not tell.';
comment on column findings.release_uri is 'The release as an address; `klangkhao show` opens it. Null where the row is about none.';
comment on column findings.fact_uri is 'Where the words stand, as an address: release, revision and place in the text (RFC 5147); `klangkhao show` opens it, highlighted. Null where the row is about no span.';
comment on column findings.run_id is 'The run (etl_run).';
