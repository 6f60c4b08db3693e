-- Grain: one source in one week, from Monday on; the first and last one only if all of their days are the source's.
create view source_week as
select
    source,
    date_trunc('week', day)::date as week,
    count(*) filter (not is_free) as working_days,
    sum(releases)::bigint as releases
from source_day
group by source, date_trunc('week', day)
having count(*) = 7;

comment on view source_week is 'What each source published week by week. Grain: one source in one whole week.';
comment on column source_week.source is 'The source.';
comment on column source_week.week is 'Monday of the week.';
comment on column source_week.working_days is 'Days of it that are neither Saturday, Sunday nor a public holiday.';
comment on column source_week.releases is 'Current releases published in the week.';
