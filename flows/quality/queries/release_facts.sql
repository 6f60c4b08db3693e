-- Grain: one fact of the releases asked for.
with fact as (
    select
        release_key,
        char_start,
        char_end,
        surface,
        rule_key,
        confidence,
        basis,
        alternatives,
        'money' as kind,
        cast(amount as varchar) as value,
        cast(amount_max as varchar) as value_max,
        currency_code as unit,
        comparator,
        per_unit
    from fact_money
    where release_key in (select unnest($keys))
    union all
    select
        release_key,
        char_start,
        char_end,
        surface,
        rule_key,
        confidence,
        basis,
        alternatives,
        'date',
        edtf,
        null,
        null,
        coalesce(modifier, 'eq'),
        null
    from fact_date
    where release_key in (select unnest($keys))
    union all
    select
        release_key,
        char_start,
        char_end,
        surface,
        rule_key,
        confidence,
        basis,
        alternatives,
        'count',
        cast(value as varchar),
        cast(value_max as varchar),
        coalesce(unit_text, ''),
        comparator,
        per_unit
    from fact_count
    where release_key in (select unnest($keys))
    union all
    select
        release_key,
        char_start,
        char_end,
        surface,
        rule_key,
        confidence,
        basis,
        alternatives,
        'measure',
        cast(value as varchar),
        cast(value_max as varchar),
        unit_code,
        comparator,
        per_unit
    from fact_measure
    where release_key in (select unnest($keys))
)

select fact.*, dim_rule.rule_name as rule, dim_rule.description as rule_description
from fact
left join dim_rule using (rule_key)
order by fact.release_key, fact.char_start, fact.char_end desc, fact.kind
