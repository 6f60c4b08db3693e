-- Grain: one kind of fact: an example worth showing. Facts of the run come first, then those that the text itself
-- states in a sentence of a readable length, then the one with the most to say.
with fact as (
    select
        'money' as kind,
        release_key,
        char_start,
        char_end,
        line_no,
        sentence_start,
        sentence_end,
        confidence,
        cast(amount as varchar) as value,
        cast(amount_max as varchar) as value_max,
        currency_code as unit,
        comparator
    from fact_money
    union all
    select
        'date',
        release_key,
        char_start,
        char_end,
        line_no,
        sentence_start,
        sentence_end,
        case when is_relative then 'inferred' else confidence end,
        edtf,
        null,
        null,
        coalesce(modifier, 'eq')
    from fact_date
    where date_start is not null
    union all
    select
        'measure',
        release_key,
        char_start,
        char_end,
        line_no,
        sentence_start,
        sentence_end,
        confidence,
        cast(value as varchar),
        cast(value_max as varchar),
        unit_code,
        comparator
    from fact_measure
    union all
    select
        'count',
        release_key,
        char_start,
        char_end,
        line_no,
        sentence_start,
        sentence_end,
        confidence,
        cast(value as varchar),
        cast(value_max as varchar),
        unit_text,
        comparator
    from fact_count
    where unit_text is not null
),

chosen as materialized (
    select fact.*
    from fact
    join dim_release using (release_key)
    where dim_release.is_current
    qualify
        row_number() over (
            partition by fact.kind
            order by
                dim_release.run_id = $run_id desc,
                fact.confidence = 'stated' desc,
                fact.sentence_end - fact.sentence_start between 40 and 200 desc,
                fact.char_end - fact.char_start desc,
                fact.release_key,
                fact.char_start
        ) = 1
),

-- Few rows by now: only these texts are split into lines.
placed as (
    select
        chosen.*,
        dim_release.title,
        dim_release.published_on,
        dim_release.source_uri,
        string_split(dim_release.body, chr(10)) as lines
    from chosen
    join dim_release using (release_key)
),

counted as (
    select
        *,
        lines[line_no + 1] as line,
        length(array_to_string(lines[: line_no], chr(10))) + least(line_no, 1) as line_start
    from placed
)

select
    kind,
    value,
    value_max,
    unit,
    comparator,
    substring(line, sentence_start + 1, sentence_end - sentence_start) as sentence,
    -- The mark counts from the sentence: the span less the lines before it and the sentence's own start in its line.
    char_start - line_start - sentence_start as mark_start,
    char_end - line_start - sentence_start as mark_end,
    title,
    published_on,
    source_uri
from counted
order by list_position(['money', 'date', 'measure', 'count'], kind)
