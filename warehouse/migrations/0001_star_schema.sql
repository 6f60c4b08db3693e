-- The star schema: releases with their revisions, facts that point into their text, dimensions, and the pipeline's own tables.
-- No primary keys: their indexes halve the speed of loading. Loads anti-join, and checks hold keys and references.

create table dim_release (
    release_key bigint not null,
    release_id varchar not null,
    revision integer not null,
    source_key integer not null,
    source_uri varchar not null,
    publisher varchar,
    publisher_ref varchar,
    title varchar not null,
    body varchar not null,
    language varchar not null,
    published_on date,
    published_on_key integer not null,
    published_on_basis varchar,
    dateline_place varchar,
    encoding varchar not null,
    paragraph_count integer not null,
    char_count integer not null,
    content_hash varchar not null,
    first_seen_at timestamp not null,
    valid_from timestamp not null,
    valid_to timestamp,
    is_current boolean not null,
    duplicate_of_key bigint,
    extractor_version varchar not null,
    run_id varchar not null
);
comment on table dim_release is 'Press releases with their text and all their revisions; each fact points into `body`. Grain: one revision of one release.';
comment on column dim_release.release_key is 'Key of this revision of the release.';
comment on column dim_release.release_id is 'Name of the release, shared by all its revisions.';
comment on column dim_release.revision is 'Number of the revision, from 1.';
comment on column dim_release.source_key is 'Source that it came from (dim_source).';
comment on column dim_release.source_uri is 'Where the document was read: a file, or a member of an archive.';
comment on column dim_release.publisher is 'Wire service or agency as the text names it.';
comment on column dim_release.publisher_ref is 'The publisher''s own number or URL for the release.';
comment on column dim_release.title is 'First non-empty line, trimmed.';
comment on column dim_release.body is 'The decoded text, line ends as \n, otherwise untouched; facts count its code points.';
comment on column dim_release.language is 'ISO 639 code of the main language; und where it cannot be told.';
comment on column dim_release.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column dim_release.published_on_key is 'Day of publication in dim_date; -1 where unknown.';
comment on column dim_release.published_on_basis is 'What the day of publication was read from, or why a date that is there is not believed.';
comment on column dim_release.dateline_place is 'Place of the dateline as written.';
comment on column dim_release.encoding is 'Character encoding that the raw bytes were decoded from.';
comment on column dim_release.paragraph_count is 'Number of paragraphs: lines that are not blank.';
comment on column dim_release.char_count is 'Length of the body in Unicode code points.';
comment on column dim_release.content_hash is 'SHA-256 of the raw bytes, in hex.';
comment on column dim_release.first_seen_at is 'When any revision of the release was first acquired (UTC).';
comment on column dim_release.valid_from is 'When this revision was acquired (UTC).';
comment on column dim_release.valid_to is 'When a later revision replaced this one (UTC); null while it is current.';
comment on column dim_release.is_current is 'Whether this is the latest revision of the release.';
comment on column dim_release.duplicate_of_key is 'First current release with the same bytes at another address; null for that one.';
comment on column dim_release.extractor_version is 'Version of the extraction rules that read the body.';
comment on column dim_release.run_id is 'Run that loaded this revision (etl_run).';

create table fact_date (
    release_key bigint not null,
    char_start integer not null,
    char_end integer not null,
    surface varchar not null,
    paragraph_no integer not null,
    rule_key integer not null,
    line_no integer not null,
    sentence_start integer not null,
    sentence_end integer not null,
    confidence varchar not null,
    basis varchar,
    alternatives varchar[] not null,
    edtf varchar not null,
    date_start date,
    date_end date,
    date_start_key integer not null,
    date_end_key integer not null,
    modifier varchar,
    is_relative boolean not null
);
comment on table fact_date is 'Dates and periods that the texts state. Grain: one date expression of one release revision.';
comment on column fact_date.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_date.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_date.char_end is 'Code point after the span''s last one.';
comment on column fact_date.surface is 'The text of the span: body[char_start:char_end].';
comment on column fact_date.paragraph_no is 'Paragraph (non-blank line) that the span starts in, from 0.';
comment on column fact_date.rule_key is 'Rule that read it (dim_rule).';
comment on column fact_date.line_no is 'Line of the body that the span starts in, from 0, blank ones counted.';
comment on column fact_date.sentence_start is 'First code point, in that line, of the stretch of text to show around the span.';
comment on column fact_date.sentence_end is 'Code point of that line after the stretch''s last one.';
comment on column fact_date.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column fact_date.basis is 'What context or convention supplied; null where nothing was.';
comment on column fact_date.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column fact_date.edtf is 'The period in EDTF (ISO 8601-2), Gregorian; X where a digit is unknown.';
comment on column fact_date.date_start is 'First day of the period; null where the year is unknown.';
comment on column fact_date.date_end is 'Last day of the period, inclusive; null as date_start is.';
comment on column fact_date.date_start_key is 'First day in dim_date; -1 where unknown.';
comment on column fact_date.date_end_key is 'Last day in dim_date; -1 where unknown.';
comment on column fact_date.modifier is 'by, since, until or approx where the text says so; null otherwise.';
comment on column fact_date.is_relative is 'Whether the text names the period relative to another day (today …).';

create table fact_money (
    release_key bigint not null,
    char_start integer not null,
    char_end integer not null,
    surface varchar not null,
    paragraph_no integer not null,
    rule_key integer not null,
    line_no integer not null,
    sentence_start integer not null,
    sentence_end integer not null,
    confidence varchar not null,
    basis varchar,
    alternatives varchar[] not null,
    amount decimal(38, 4) not null,
    amount_max decimal(38, 4),
    currency_code varchar not null,
    currency_key integer not null,
    comparator varchar not null,
    per_unit varchar
);
comment on table fact_money is 'Amounts of money that the texts state. Grain: one amount of money of one release revision.';
comment on column fact_money.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_money.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_money.char_end is 'Code point after the span''s last one.';
comment on column fact_money.surface is 'The text of the span: body[char_start:char_end].';
comment on column fact_money.paragraph_no is 'Paragraph (non-blank line) that the span starts in, from 0.';
comment on column fact_money.rule_key is 'Rule that read it (dim_rule).';
comment on column fact_money.line_no is 'Line of the body that the span starts in, from 0, blank ones counted.';
comment on column fact_money.sentence_start is 'First code point, in that line, of the stretch of text to show around the span.';
comment on column fact_money.sentence_end is 'Code point of that line after the stretch''s last one.';
comment on column fact_money.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column fact_money.basis is 'What context or convention supplied; null where nothing was.';
comment on column fact_money.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column fact_money.amount is 'The amount in whole units of the currency; a range''s lower end.';
comment on column fact_money.amount_max is 'A range''s upper end; null where it is no range.';
comment on column fact_money.currency_code is 'ISO 4217 code of the currency (dim_currency).';
comment on column fact_money.currency_key is 'The currency in dim_currency.';
comment on column fact_money.comparator is 'How the amount bounds the true one: eq, approx, gt, ge, lt or le.';
comment on column fact_money.per_unit is 'What it is per, as written; null for a total.';

create table fact_count (
    release_key bigint not null,
    char_start integer not null,
    char_end integer not null,
    surface varchar not null,
    paragraph_no integer not null,
    rule_key integer not null,
    line_no integer not null,
    sentence_start integer not null,
    sentence_end integer not null,
    confidence varchar not null,
    basis varchar,
    alternatives varchar[] not null,
    value decimal(38, 6) not null,
    value_max decimal(38, 6),
    unit_text varchar,
    unit_code varchar,
    unit_key integer not null,
    comparator varchar not null,
    per_unit varchar
);
comment on table fact_count is 'Counts of things that the texts state. Grain: one count of one release revision.';
comment on column fact_count.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_count.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_count.char_end is 'Code point after the span''s last one.';
comment on column fact_count.surface is 'The text of the span: body[char_start:char_end].';
comment on column fact_count.paragraph_no is 'Paragraph (non-blank line) that the span starts in, from 0.';
comment on column fact_count.rule_key is 'Rule that read it (dim_rule).';
comment on column fact_count.line_no is 'Line of the body that the span starts in, from 0, blank ones counted.';
comment on column fact_count.sentence_start is 'First code point, in that line, of the stretch of text to show around the span.';
comment on column fact_count.sentence_end is 'Code point of that line after the stretch''s last one.';
comment on column fact_count.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column fact_count.basis is 'What context or convention supplied; null where nothing was.';
comment on column fact_count.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column fact_count.value is 'How many; a range''s lower end.';
comment on column fact_count.value_max is 'A range''s upper end; null where it is no range.';
comment on column fact_count.unit_text is 'Classifier or noun as written; null if none.';
comment on column fact_count.unit_code is 'Class of the classifier (dim_unit); null if none.';
comment on column fact_count.unit_key is 'The class in dim_unit; -1 where there is none.';
comment on column fact_count.comparator is 'How the value bounds the true one: eq, approx, gt, ge, lt or le.';
comment on column fact_count.per_unit is 'What it is per, as written; null for a total.';

create table fact_measure (
    release_key bigint not null,
    char_start integer not null,
    char_end integer not null,
    surface varchar not null,
    paragraph_no integer not null,
    rule_key integer not null,
    line_no integer not null,
    sentence_start integer not null,
    sentence_end integer not null,
    confidence varchar not null,
    basis varchar,
    alternatives varchar[] not null,
    value decimal(38, 9) not null,
    value_max decimal(38, 9),
    unit_code varchar not null,
    unit_key integer not null,
    comparator varchar not null,
    per_unit varchar,
    value_si decimal(38, 9),
    si_unit varchar
);
comment on table fact_measure is 'Quantities with a unit of measurement that the texts state. Grain: one measured quantity of one release revision.';
comment on column fact_measure.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_measure.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_measure.char_end is 'Code point after the span''s last one.';
comment on column fact_measure.surface is 'The text of the span: body[char_start:char_end].';
comment on column fact_measure.paragraph_no is 'Paragraph (non-blank line) that the span starts in, from 0.';
comment on column fact_measure.rule_key is 'Rule that read it (dim_rule).';
comment on column fact_measure.line_no is 'Line of the body that the span starts in, from 0, blank ones counted.';
comment on column fact_measure.sentence_start is 'First code point, in that line, of the stretch of text to show around the span.';
comment on column fact_measure.sentence_end is 'Code point of that line after the stretch''s last one.';
comment on column fact_measure.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column fact_measure.basis is 'What context or convention supplied; null where nothing was.';
comment on column fact_measure.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column fact_measure.value is 'The quantity in unit_code; a range''s lower end.';
comment on column fact_measure.value_max is 'A range''s upper end; null where it is no range.';
comment on column fact_measure.unit_code is 'Code of the unit (dim_unit): UCUM where it has one, else as written.';
comment on column fact_measure.unit_key is 'The unit in dim_unit.';
comment on column fact_measure.comparator is 'How the value bounds the true one: eq, approx, gt, ge, lt or le.';
comment on column fact_measure.per_unit is 'What it is per, as written; null for a total.';
comment on column fact_measure.value_si is 'The value in si_unit; null where the unit has no exact factor to the SI.';
comment on column fact_measure.si_unit is 'UCUM code of the SI unit of value_si; null as value_si is.';

create table fact_numeral (
    release_key bigint not null,
    char_start integer not null,
    char_end integer not null,
    surface varchar not null,
    paragraph_no integer not null,
    rule_key integer not null,
    role varchar not null
);
comment on table fact_numeral is 'The ledger: every numeral of every text, and what became of it. Grain: one numeral of one release revision.';
comment on column fact_numeral.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_numeral.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_numeral.char_end is 'Code point after the span''s last one.';
comment on column fact_numeral.surface is 'The text of the span: body[char_start:char_end].';
comment on column fact_numeral.paragraph_no is 'Paragraph (non-blank line) that the span starts in, from 0.';
comment on column fact_numeral.rule_key is 'Rule that read it (dim_rule).';
comment on column fact_numeral.role is 'Fact it belongs to (date, money, count, measure), named reason why it is none, or unexplained.';

create table dim_date (
    date_key integer not null,
    date date,
    year_ce integer,
    year_be integer,
    month integer,
    month_name_th varchar,
    quarter integer,
    fiscal_year_be integer,
    iso_week integer,
    iso_weekday integer,
    weekday_name_th varchar
);
comment on table dim_date is 'Calendar days in the Gregorian and the Buddhist era, with Thai names. Grain: one day, 1900 to 2100 and any other that a fact names.';
comment on column dim_date.date_key is 'The day as yyyymmdd (Gregorian); -1 is the unknown day.';
comment on column dim_date.date is 'The day; null for the unknown one, as all columns below.';
comment on column dim_date.year_ce is 'Year of the Gregorian calendar.';
comment on column dim_date.year_be is 'Year of the Buddhist era: year_ce + 543.';
comment on column dim_date.month is 'Month, 1 to 12.';
comment on column dim_date.month_name_th is 'Thai name of the month.';
comment on column dim_date.quarter is 'Calendar quarter, 1 to 4.';
comment on column dim_date.fiscal_year_be is 'Thai fiscal year (Buddhist era): October to September, named after its end.';
comment on column dim_date.iso_week is 'ISO 8601 week, 1 to 53.';
comment on column dim_date.iso_weekday is 'Day of the week, 1 Monday to 7 Sunday.';
comment on column dim_date.weekday_name_th is 'Thai name of the day of the week.';

create table dim_currency (
    currency_key integer not null,
    currency_code varchar not null,
    numeric_code varchar,
    minor_digits integer,
    name_en varchar not null,
    name_th varchar,
    source varchar
);
comment on table dim_currency is 'Currencies of ISO 4217. Grain: one currency.';
comment on column dim_currency.currency_key is 'Key of the currency; -1 is the unknown one.';
comment on column dim_currency.currency_code is 'ISO 4217 code; ? for the unknown one.';
comment on column dim_currency.numeric_code is 'ISO 4217 numeric code.';
comment on column dim_currency.minor_digits is 'Decimal digits of the currency''s minor unit.';
comment on column dim_currency.name_en is 'English name.';
comment on column dim_currency.name_th is 'Thai name; null where none is seeded.';
comment on column dim_currency.source is 'Where the row was taken from (seeds/SOURCES.md).';

create table dim_unit (
    unit_key integer not null,
    unit_code varchar not null,
    ucum_code varchar,
    name_en varchar,
    name_th varchar,
    kind varchar not null,
    entity_class varchar,
    factor_to_si varchar,
    si_unit varchar,
    canonical_code varchar,
    source varchar
);
comment on table dim_unit is 'Units of measurement, and the classes of things that are counted. Grain: one unit of measurement or class of counted things.';
comment on column dim_unit.unit_key is 'Key of the unit; -1 is the unknown one.';
comment on column dim_unit.unit_code is 'Code of unit or class; ? if unknown.';
comment on column dim_unit.ucum_code is 'UCUM code; null where UCUM has none.';
comment on column dim_unit.name_en is 'English name.';
comment on column dim_unit.name_th is 'Thai name.';
comment on column dim_unit.kind is 'Kind of quantity (length, area …); class for counted things; as_written if no seed lists it.';
comment on column dim_unit.entity_class is 'What a class counts (person, project …); else null.';
comment on column dim_unit.factor_to_si is 'Exact factor to si_unit, a decimal or a fraction; null where there is none.';
comment on column dim_unit.si_unit is 'UCUM code of the SI unit that the factor leads to.';
comment on column dim_unit.canonical_code is 'Code of the unit that this one is a name of.';
comment on column dim_unit.source is 'Where the row was taken from (seeds/SOURCES.md).';

create table dim_source (
    source_key integer not null,
    source_id varchar not null,
    kind varchar,
    location varchar,
    publisher varchar,
    time_zone varchar,
    language varchar,
    owner varchar,
    permission varchar
);
comment on table dim_source is 'Sources that releases are acquired from. Grain: one source.';
comment on column dim_source.source_key is 'Key of the source; -1 is the unknown one.';
comment on column dim_source.source_id is 'Its name; ? for the unknown one.';
comment on column dim_source.kind is 'Kind of source: folder or zip.';
comment on column dim_source.location is 'Where it is read from.';
comment on column dim_source.publisher is 'Who publishes there, as declared.';
comment on column dim_source.time_zone is 'IANA time zone of its dates.';
comment on column dim_source.language is 'ISO 639 code for texts that do not show their own.';
comment on column dim_source.owner is 'Whom to ask when the source breaks.';
comment on column dim_source.permission is 'Why its texts may be used.';

create table dim_rule (
    rule_key integer not null,
    rule_name varchar not null,
    role varchar not null,
    description varchar
);
comment on table dim_rule is 'Rules of extraction, those of earlier versions included. Grain: one rule.';
comment on column dim_rule.rule_key is 'Key of the rule; -1 stands for no rule (an unexplained numeral).';
comment on column dim_rule.rule_name is 'Name of the rule; ? for none.';
comment on column dim_rule.role is 'What a numeral becomes that the rule takes.';
comment on column dim_rule.description is 'What the rule reads.';

create table fx_rate_monthly (
    currency_code varchar not null,
    month date not null,
    thb_per_unit decimal(28, 12) not null,
    days integer,
    method varchar not null,
    source varchar not null
);
comment on table fx_rate_monthly is 'Exchange rates to the baht by month, of all other currencies that have one. Grain: one currency in one month.';
comment on column fx_rate_monthly.currency_code is 'ISO 4217 code (dim_currency).';
comment on column fx_rate_monthly.month is 'First day of the month.';
comment on column fx_rate_monthly.thb_per_unit is 'Baht for one unit of the currency, mean of the month.';
comment on column fx_rate_monthly.days is 'Days with a quotation; null for annual means.';
comment on column fx_rate_monthly.method is 'monthly_mean, or annual_mean where no monthly rate is published.';
comment on column fx_rate_monthly.source is 'Where the rate was taken from (seeds/SOURCES.md).';

create table etl_run (
    run_id varchar not null,
    started_at timestamp not null,
    finished_at timestamp,
    status varchar not null,
    extractor_version varchar not null,
    acquired bigint not null,
    rejected bigint not null,
    unchanged bigint not null,
    loaded bigint not null,
    revised bigint not null,
    message varchar
);
comment on table etl_run is 'Runs of the pipeline. Grain: one run.';
comment on column etl_run.run_id is 'Name of the run; names sort by time.';
comment on column etl_run.started_at is 'When it started (UTC).';
comment on column etl_run.finished_at is 'When it ended (UTC); null while it runs.';
comment on column etl_run.status is 'running, ok, failed, or refused where the quality gate kept the last snapshot.';
comment on column etl_run.extractor_version is 'Version of the extraction rules of the run.';
comment on column etl_run.acquired is 'Documents taken from the sources that were new or changed.';
comment on column etl_run.rejected is 'Documents that could not be acquired.';
comment on column etl_run.unchanged is 'Documents left alone because their content is known.';
comment on column etl_run.loaded is 'Release revisions loaded.';
comment on column etl_run.revised is 'Of those, revisions of a release that was there before.';
comment on column etl_run.message is 'Why the run failed or was refused; null otherwise.';

create table etl_batch (
    batch_id varchar not null,
    run_id varchar not null,
    landing_path varchar not null,
    loaded_at timestamp not null,
    rows bigint not null
);
comment on table etl_batch is 'Landing batches that have been loaded: what is not listed here is still to be done. Grain: one landing batch.';
comment on column etl_batch.batch_id is 'Name of the batch: its landing file without the extension.';
comment on column etl_batch.run_id is 'Run that loaded it (etl_run).';
comment on column etl_batch.landing_path is 'Landing file, relative to the landing folder.';
comment on column etl_batch.loaded_at is 'When it was loaded (UTC).';
comment on column etl_batch.rows is 'Release and fact rows that it added.';

create table etl_document (
    source_uri varchar not null,
    source_id varchar not null,
    content_hash varchar not null,
    outcome varchar not null,
    batch_id varchar not null
);
comment on table etl_document is 'Documents as last taken from their source: what acquisition compares with to leave unchanged ones alone. Grain: one document of one source.';
comment on column etl_document.source_uri is 'Where the document was read.';
comment on column etl_document.source_id is 'Source that it came from.';
comment on column etl_document.content_hash is 'SHA-256 of the bytes last taken, in hex.';
comment on column etl_document.outcome is 'What became of it.';
comment on column etl_document.batch_id is 'Landing batch that holds its raw bytes (etl_batch).';

create table etl_quarantine (
    quarantine_key bigint not null,
    run_id varchar not null,
    stage varchar not null,
    source_id varchar not null,
    source_uri varchar not null,
    content_hash varchar,
    table_name varchar,
    reason varchar not null,
    detail varchar not null,
    payload varchar,
    quarantined_at timestamp not null,
    last_seen_at timestamp not null
);
comment on table etl_quarantine is 'Documents and rows that were set aside, with the reason and the whole row. Grain: one rejected document or row.';
comment on column etl_quarantine.quarantine_key is 'Key of the rejection, the same in later runs.';
comment on column etl_quarantine.run_id is 'Run that first met it (etl_run).';
comment on column etl_quarantine.stage is 'Step that set it aside.';
comment on column etl_quarantine.source_id is 'Source that it came from.';
comment on column etl_quarantine.source_uri is 'Document that it came from.';
comment on column etl_quarantine.content_hash is 'SHA-256 of the raw bytes; null if unread.';
comment on column etl_quarantine.table_name is 'Table that the row was meant for; null for documents.';
comment on column etl_quarantine.reason is 'Code of the reason.';
comment on column etl_quarantine.detail is 'A sentence that names the thing, the place and the remedy.';
comment on column etl_quarantine.payload is 'The rejected row as JSON; null for whole documents.';
comment on column etl_quarantine.quarantined_at is 'When it was first set aside (UTC).';
comment on column etl_quarantine.last_seen_at is 'When a run last met it (UTC).';

create table quality_result (
    run_id varchar not null,
    check_name varchar not null,
    dimension varchar not null,
    table_name varchar not null,
    severity varchar not null,
    verdict varchar not null,
    failing bigint not null,
    total bigint not null,
    share double,
    warn_at double,
    fail_at double,
    why varchar not null,
    sample varchar,
    checked_at timestamp not null
);
comment on table quality_result is 'Outcomes of the quality checks, run by run. Grain: one check of one table in one run.';
comment on column quality_result.run_id is 'Run that was checked (etl_run).';
comment on column quality_result.check_name is 'Name of the check.';
comment on column quality_result.dimension is 'Dimension of quality that the check belongs to.';
comment on column quality_result.table_name is 'Table that is checked.';
comment on column quality_result.severity is 'How grave a failure is.';
comment on column quality_result.verdict is 'pass, warn or fail.';
comment on column quality_result.failing is 'Rows that fail.';
comment on column quality_result.total is 'Rows checked.';
comment on column quality_result.share is 'failing / total; null where nothing was to be checked.';
comment on column quality_result.warn_at is 'Share from which the verdict is warn; null for never.';
comment on column quality_result.fail_at is 'Share from which the verdict is fail; null for never.';
comment on column quality_result.why is 'Why the check matters.';
comment on column quality_result.sample is 'Keys of some failing rows, as JSON.';
comment on column quality_result.checked_at is 'When the check ran (UTC).';

create table schema_migration (
    version integer not null,
    name varchar not null,
    applied_at timestamp not null,
    checksum varchar not null
);
comment on table schema_migration is 'Migrations that this database has been through. Grain: one applied migration.';
comment on column schema_migration.version is 'Number of the migration.';
comment on column schema_migration.name is 'Name of its file, without number and extension.';
comment on column schema_migration.applied_at is 'When it was applied (UTC).';
comment on column schema_migration.checksum is 'SHA-256 of its file, in hex.';
