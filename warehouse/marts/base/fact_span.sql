-- Grain: one fact, numeral, place or pair of one release revision, and where it stands.
create view fact_span as
select 'fact_date' as table_name, release_key, char_start, char_end, surface from fact_date
union all
select 'fact_money', release_key, char_start, char_end, surface from fact_money
union all
select 'fact_count', release_key, char_start, char_end, surface from fact_count
union all
select 'fact_measure', release_key, char_start, char_end, surface from fact_measure
union all
select 'fact_numeral', release_key, char_start, char_end, surface from fact_numeral
union all
select 'fact_consistency', release_key, char_start, char_end, surface from fact_consistency
union all
select 'fact_place', release_key, char_start, char_end, surface from fact_place;

comment on view fact_span is 'Where everything stands that was read from the texts, for the checks and for whoever follows a finding to its words. Grain: one fact, numeral, place or pair of one release revision.';
comment on column fact_span.table_name is 'The table that it is in.';
comment on column fact_span.release_key is 'Revision of the release that the text stands in (dim_release).';
comment on column fact_span.char_start is 'First code point of the span in dim_release.body, from 0.';
comment on column fact_span.char_end is 'Code point after the span''s last one.';
comment on column fact_span.surface is 'The text of the span.';
