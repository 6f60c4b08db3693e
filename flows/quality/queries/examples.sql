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

chosen as (
    select
        fact.*,
        string_split(dim_release.body, chr(10)) as lines
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
)
select
    chosen.kind,
    chosen.value,
    chosen.value_max,
    chosen.unit,
    chosen.comparator,
    substring(
        chosen.lines[chosen.line_no + 1], chosen.sentence_start + 1, chosen.sentence_end - chosen.sentence_start
    ) as sentence,
    -- the mark counts from the sentence: the span less the lines before it and the sentence's own start in its line
    chosen.char_start - line.start - chosen.sentence_start as mark_start,
    chosen.char_end - line.start - chosen.sentence_start as mark_end,
    dim_release.title,
    dim_release.published_on,
    dim_release.source_uri
from chosen
join dim_release using (release_key)
cross join lateral (
    select coalesce(list_sum(list_transform(chosen.lines[: chosen.line_no], lambda text: length(text) + 1)), 0) as start
) as line
order by list_position(['money', 'date', 'measure', 'count'], chosen.kind)
