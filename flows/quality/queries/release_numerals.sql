-- Grain: one numeral of the releases asked for that is no fact.
select
    fact_numeral.release_key,
    fact_numeral.char_start,
    fact_numeral.char_end,
    fact_numeral.surface,
    fact_numeral.role,
    dim_rule.rule_name as rule,
    dim_rule.description as rule_description
from fact_numeral
left join dim_rule using (rule_key)
where
    fact_numeral.release_key in (select unnest($keys))
    and fact_numeral.role not in ('date', 'money', 'count', 'measure')
order by fact_numeral.release_key, fact_numeral.char_start
