-- Dimensions made complete: the calendar's names, quarters and holidays, exact factors and forms of units, places, and
-- the places that texts name; rates by year beside those by month. Loading fills the dimensions. Releases loaded before
-- have no place of their dateline and no places in their text until a rebuild.

create table dim_place (
    place_key integer not null,
    place_code varchar not null,
    kind varchar not null,
    name_en varchar not null,
    name_th varchar not null,
    variants varchar[] not null,
    iso_code varchar,
    iso_alpha_3 varchar,
    iso_numeric varchar,
    parent_key integer not null,
    province_key integer not null,
    province_name_en varchar,
    province_name_th varchar,
    country_key integer not null,
    country_name_en varchar,
    country_name_th varchar,
    source varchar
);
comment on table dim_place is 'Countries, Thai and Chinese provinces, cities and regions, each with the larger places that it lies in. Grain: one place.';
comment on column dim_place.place_key is 'Key of the place; -1 is the unknown one.';
comment on column dim_place.place_code is 'Its code: ISO 3166-1 or 3166-2, GN and a number of GeoNames, or our own (XX-, R-); ? if unknown.';
comment on column dim_place.kind is 'country, province, city or region; unknown for the unknown one.';
comment on column dim_place.name_en is 'English name.';
comment on column dim_place.name_th is 'Thai name.';
comment on column dim_place.variants is 'Other names and spellings that the texts use.';
comment on column dim_place.iso_code is 'ISO 3166-1 alpha-2 of a country, ISO 3166-2 of a province; null where it has neither.';
comment on column dim_place.iso_alpha_3 is 'ISO 3166-1 alpha-3 of a country; null for others.';
comment on column dim_place.iso_numeric is 'ISO 3166-1 numeric code of a country; null for others.';
comment on column dim_place.parent_key is 'The next larger place that it lies in; -1 where there is none.';
comment on column dim_place.province_key is 'The province that it is or lies in; -1 where there is none.';
comment on column dim_place.province_name_en is 'English name of that province.';
comment on column dim_place.province_name_th is 'Thai name of that province.';
comment on column dim_place.country_key is 'The country that it is or lies in; -1 where there is none.';
comment on column dim_place.country_name_en is 'English name of that country.';
comment on column dim_place.country_name_th is 'Thai name of that country.';
comment on column dim_place.source is 'Where the row was taken from (seeds/SOURCES.md).';

create table fact_place (
    release_key bigint not null,
    char_start integer not null,
    char_end integer not null,
    surface varchar not null,
    paragraph_no integer not null,
    rule_key integer not null,
    line_no integer not null,
    sentence_start integer not null,
    sentence_end integer not null,
    place_key integer not null,
    evidence varchar not null
);
comment on table fact_place is 'Places that the texts name. Grain: one mention of a place in one release revision.';
comment on column fact_place.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_place.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_place.char_end is 'Code point after the span''s last one.';
comment on column fact_place.surface is 'The text of the span: body[char_start:char_end].';
comment on column fact_place.paragraph_no is 'Paragraph (non-blank line) that the span starts in, from 0.';
comment on column fact_place.rule_key is 'Rule that read it (dim_rule).';
comment on column fact_place.line_no is 'Line of the body that the span starts in, from 0, blank ones counted.';
comment on column fact_place.sentence_start is 'First code point, in that line, of the stretch of text to show around the span.';
comment on column fact_place.sentence_end is 'Code point of that line after the stretch''s last one.';
comment on column fact_place.place_key is 'The place in dim_place.';
comment on column fact_place.evidence is 'Why it is a mention: name (the name means nothing else), title (จังหวัด … stands before it) or list (it stands in a list with a certain one).';

-- Pairs that were loaded before name no rule until a rebuild.
alter table fact_consistency add column rule_key integer default -1;
alter table fact_consistency alter column rule_key set not null;
alter table fact_consistency alter column rule_key drop default;
comment on column fact_consistency.rule_key is 'Rule that read it (dim_rule).';

create table fx_rate_annual (
    currency_code varchar not null,
    year integer not null,
    thb_per_unit decimal(28, 12) not null,
    method varchar not null,
    source varchar not null
);
comment on table fx_rate_annual is 'Exchange rates to the baht by calendar year: the mean of its twelve months, else the published one of the year. Grain: one currency in one year.';
comment on column fx_rate_annual.currency_code is 'ISO 4217 code (dim_currency).';
comment on column fx_rate_annual.year is 'The calendar year (Gregorian).';
comment on column fx_rate_annual.thb_per_unit is 'Baht for one unit of the currency, mean of the year.';
comment on column fx_rate_annual.method is 'mean_of_months where all twelve are published, else annual_mean.';
comment on column fx_rate_annual.source is 'Where the rate was taken from (seeds/SOURCES.md).';

alter table dim_release add column dateline_place_key integer default -1;
alter table dim_release alter column dateline_place_key set not null;
alter table dim_release alter column dateline_place_key drop default;
comment on column dim_release.dateline_place_key is 'Place of the dateline in dim_place; -1 where there is none or no seed lists it.';

-- Names of days are placeholders until the calendar is loaded anew, which every run does first.
update dim_date set month_name_th = 'ไม่ทราบ', weekday_name_th = 'ไม่ทราบ' where date_key = -1;
alter table dim_date alter column month_name_th set not null;
alter table dim_date alter column weekday_name_th set not null;
alter table dim_date add column day integer;
alter table dim_date add column day_of_year integer;
alter table dim_date add column first_of_month date;
alter table dim_date add column last_of_month date;
alter table dim_date add column half integer;
alter table dim_date add column fiscal_quarter integer;
alter table dim_date add column iso_year integer;
alter table dim_date add column month_abbr_th varchar default '?';
alter table dim_date alter column month_abbr_th set not null;
alter table dim_date alter column month_abbr_th drop default;
alter table dim_date add column month_name_en varchar default '?';
alter table dim_date alter column month_name_en set not null;
alter table dim_date alter column month_name_en drop default;
alter table dim_date add column month_abbr_en varchar default '?';
alter table dim_date alter column month_abbr_en set not null;
alter table dim_date alter column month_abbr_en drop default;
alter table dim_date add column weekday_abbr_th varchar default '?';
alter table dim_date alter column weekday_abbr_th set not null;
alter table dim_date alter column weekday_abbr_th drop default;
alter table dim_date add column weekday_name_en varchar default '?';
alter table dim_date alter column weekday_name_en set not null;
alter table dim_date alter column weekday_name_en drop default;
alter table dim_date add column weekday_abbr_en varchar default '?';
alter table dim_date alter column weekday_abbr_en set not null;
alter table dim_date alter column weekday_abbr_en drop default;
alter table dim_date add column is_weekend boolean;
alter table dim_date add column is_holiday boolean;
alter table dim_date add column holiday_name_th varchar;
alter table dim_date add column holiday_name_en varchar;
comment on table dim_date is 'Calendar days in the Gregorian and the Buddhist era, with Thai and English names, fiscal years and holidays. Grain: one day, 1900 to 2100 and any other that a fact names.';
comment on column dim_date.date is 'The day; null for the unknown one, as all its numbers and flags.';
comment on column dim_date.month_name_th is 'Thai name of the month.';
comment on column dim_date.day is 'Day of the month, 1 to 31.';
comment on column dim_date.day_of_year is 'Day of the year, 1 to 366.';
comment on column dim_date.first_of_month is 'First day of its month.';
comment on column dim_date.last_of_month is 'Last day of its month.';
comment on column dim_date.half is 'Half of the calendar year, 1 or 2.';
comment on column dim_date.fiscal_quarter is 'Quarter of the Thai fiscal year, 1 (October to December) to 4 (July to September).';
comment on column dim_date.iso_year is 'Year that the ISO 8601 week belongs to.';
comment on column dim_date.month_abbr_th is 'Thai abbreviation of the month.';
comment on column dim_date.month_name_en is 'English name of the month.';
comment on column dim_date.month_abbr_en is 'English abbreviation of the month: its first three letters.';
comment on column dim_date.weekday_abbr_th is 'Thai abbreviation of the day of the week.';
comment on column dim_date.weekday_name_en is 'English name of the day of the week.';
comment on column dim_date.weekday_abbr_en is 'English abbreviation of the day of the week: three letters.';
comment on column dim_date.is_weekend is 'Whether it is a Saturday or a Sunday.';
comment on column dim_date.is_holiday is 'Whether it is a Thai public holiday, one in lieu included; null in years that no seed covers.';
comment on column dim_date.holiday_name_th is 'Thai name of the holiday, several parted by a semicolon; null where it is none.';
comment on column dim_date.holiday_name_en is 'English name of the holiday, several parted by a semicolon; null where it is none.';

update dim_currency set name_th = currency_code where name_th is null;
alter table dim_currency alter column name_th set not null;
comment on column dim_currency.name_th is 'Thai name.';

update dim_unit set name_en = coalesce(name_en, unit_code), name_th = coalesce(name_th, unit_code);
alter table dim_unit alter column name_en set not null;
alter table dim_unit alter column name_th set not null;
alter table dim_unit add column factor_numerator bigint;
alter table dim_unit add column factor_denominator bigint;
alter table dim_unit add column forms_th varchar[] default [];
alter table dim_unit alter column forms_th set not null;
alter table dim_unit alter column forms_th drop default;
comment on column dim_unit.name_en is 'English name; the code if no seed lists the unit.';
comment on column dim_unit.name_th is 'Thai name; the code if no seed lists the unit.';
comment on column dim_unit.entity_class is 'What a class counts (person, project …), several parted by a semicolon; else null.';
comment on column dim_unit.factor_numerator is 'The factor to si_unit as an exact fraction: its numerator; null as it is.';
comment on column dim_unit.factor_denominator is 'Its denominator.';
comment on column dim_unit.forms_th is 'Thai words and abbreviations that the texts write it with: of a class its classifiers and nouns.';

comment on table fx_rate_monthly is 'Exchange rates to the baht by month: the mean of the month, and for currencies without any that of the year. Grain: one currency in one month.';
comment on column fx_rate_monthly.method is 'monthly_mean, or annual_mean where no monthly rate of the currency is published at all.';

comment on column dim_rule.role is 'What a numeral becomes that the rule takes; place and consistency for rules that read no numeral.';
