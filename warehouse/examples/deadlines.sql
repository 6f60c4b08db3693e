-- question: What was promised for which deadline?
-- grain: a deadline (by, within, before a day) that lies after the day of publication.
-- read: `deadline` is the last day of the period that the text names; `amounts` are the amounts of money in the same
--   paragraph, which are often, but not always, what the deadline is for.
-- beware: Who promises what is in the sentence, not in a column. A deadline in a release without a date of
--   publication is left out when its year is unknown.
with amounts as (
    select release_key, paragraph_no, string_agg(surface, ' · ' order by char_start) as amounts
    from money
    group by release_key, paragraph_no
)

select
    dates.date_end as deadline,
    dates.published_on,
    dates.surface,
    dates.sentence,
    amounts.amounts,
    dates.title
from dates
left join amounts using (release_key, paragraph_no)
where dates.modifier = 'by' and dates.date_end > dates.published_on
order by deadline, dates.published_on, dates.source_uri, dates.char_start
