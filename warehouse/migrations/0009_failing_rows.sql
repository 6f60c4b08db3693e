-- Who answers for a check, and the rows that failed it: as many as are kept, each with the way to its words.
alter table quality_result add column owner varchar;
comment on column quality_result.owner is 'Who answers for the check; null for runs from before checks had owners.';

create table quality_failing_row (
    run_id varchar not null,
    check_name varchar not null,
    table_name varchar not null,
    row_no integer not null,
    release_key bigint,
    char_start integer,
    char_end integer,
    failing_row varchar not null
);
comment on table quality_failing_row is 'Rows that failed the checks of the last runs, the first 500 of each check. Grain: one failing row of one check in one run.';
comment on column quality_failing_row.run_id is 'Run that was checked (etl_run).';
comment on column quality_failing_row.check_name is 'Name of the check.';
comment on column quality_failing_row.table_name is 'Table that is checked.';
comment on column quality_failing_row.row_no is 'Number of the row among those that are kept of the check in the run, from 1.';
comment on column quality_failing_row.release_key is 'Revision of the release that it stands in or tells of (dim_release); null where it is about none.';
comment on column quality_failing_row.char_start is 'First code point of its span in the body of that release, from 0; null where it is about a whole release, or none.';
comment on column quality_failing_row.char_end is 'Code point after the span''s last one; null where the check does not tell.';
comment on column quality_failing_row.failing_row is 'The row as the check gives it, as JSON: its keys, and what is wrong with it.';
