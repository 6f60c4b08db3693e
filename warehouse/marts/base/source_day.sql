-- Grain: one source on one day, from the first day that it published on to the last, quiet days included.
create view source_day as
with published as (
    select
        source,
        day,
        count(*) as releases,
        count(*) filter (is_copy) as copies,
        sum(numerals) as numerals,
        sum(unexplained) as unexplained
    from release_counts
    group by source, day
),

known as (
    select source, min(day) as first_day, max(day) as last_day
    from published
    group by source
)

select
    known.source,
    calendar_day.day,
    calendar_day.kind,
    calendar_day.is_free,
    calendar_day.is_certain,
    coalesce(published.releases, 0) as releases,
    coalesce(published.copies, 0) as copies,
    coalesce(published.numerals, 0)::bigint as numerals,
    coalesce(published.unexplained, 0)::bigint as unexplained
from known
join calendar_day on calendar_day.day between known.first_day and known.last_day
left join published on published.source = known.source and published.day = calendar_day.day;

comment on view source_day is 'What each source published day by day, for the checks of volume and rhythm. Grain: one source on one day, from its first to its last, quiet days included.';
comment on column source_day.source is 'The source.';
comment on column source_day.day is 'Day of publication (Gregorian).';
comment on column source_day.kind is 'Holiday, or the day of the week (Mon …): days of a kind are compared with each other.';
comment on column source_day.is_free is 'Whether nobody works: Saturday, Sunday, or a public holiday.';
comment on column source_day.is_certain is 'Whether the holidays of its year are known.';
comment on column source_day.releases is 'Current releases published on the day.';
comment on column source_day.copies is 'Those of them that say the same as another one.';
comment on column source_day.numerals is 'Numerals in them.';
comment on column source_day.unexplained is 'Those of the numerals that nothing explains.';
