-- Grain: one kind of fact: an example worth showing. Facts of the run come first, then those that the text itself
-- states in a sentence of a readable length, then the one with the most to say.
with fact as (
    select
        'money' as kind,
        release_key,
        char_start,
        char_end,
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
)
select
    chosen.kind,
    chosen.value,
    chosen.value_max,
    chosen.unit,
    chosen.comparator,
    substring(
        dim_release.body, chosen.sentence_start + 1, chosen.sentence_end - chosen.sentence_start
    ) as sentence,
    chosen.char_start - chosen.sentence_start as mark_start,
    chosen.char_end - chosen.sentence_start as mark_end,
    dim_release.title,
    dim_release.published_on,
    dim_release.source_uri
from chosen
join dim_release using (release_key)
order by list_position(['money', 'date', 'measure', 'count'], chosen.kind)
