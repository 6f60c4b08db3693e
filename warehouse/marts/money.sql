-- Grain: one amount of money of one current release.
create view money as
with stated as (
    select
        fact_money.*,
        current_release.* exclude (release_key),
        dim_rule.rule_name
    from fact_money
    join current_release using (release_key)
    left join dim_rule using (rule_key)
),

rated as (
    select
        stated.*,
        case when stated.currency_code = 'THB' then 1 else own.thb_per_unit end as thb_per_unit,
        dollar.thb_per_unit as thb_per_usd,
        case when stated.currency_code = 'THB' then dollar.method else own.method end as rate_method,
        case when stated.currency_code = 'THB' then dollar.source else own.source end as rate_source
    from stated
    left join fx_rate_monthly as own
        on own.currency_code = stated.currency_code and own.month = stated.published_month
    left join fx_rate_monthly as dollar
        on dollar.currency_code = 'USD' and dollar.month = stated.published_month
),

-- A mean rate is no exact number, so the product is taken in floating point; one too large for the type is null.
converted as (
    select
        *,
        case
            when currency_code = 'THB' then amount
            else try_cast(amount::double * thb_per_unit::double as decimal(38, 4))
        end as amount_thb,
        case
            when currency_code = 'USD' then amount
            else try_cast(amount::double * thb_per_unit::double / thb_per_usd::double as decimal(38, 4))
        end as amount_usd
    from rated
)

select
    release_key,
    published_on,
    source,
    publisher,
    title,
    case
        when char_count > 200000 then surface
        else substring(string_split(body, chr(10))[line_no + 1], sentence_start + 1, sentence_end - sentence_start)
    end as sentence,
    surface,
    amount,
    amount_max,
    currency_code,
    comparator,
    per_unit,
    amount_thb,
    amount_usd,
    case when rate_method is not null then published_month end as rate_month,
    thb_per_unit,
    thb_per_usd,
    rate_method,
    rate_source,
    case
        when amount_thb is not null and amount_usd is not null then null
        when published_on is null then 'the release has no publication date'
        when thb_per_unit is null then 'no rate for ' || currency_code || ' in ' || strftime(published_month, '%Y-%m')
        when thb_per_usd is null then 'no rate for USD in ' || strftime(published_month, '%Y-%m')
        else 'the amount is too large to convert'
    end as conversion_gap,
    confidence,
    basis,
    alternatives,
    rule_name as rule,
    is_copy,
    paragraph_no,
    char_start,
    char_end,
    source_uri
from converted;

comment on view money is 'Amounts of money that current releases state, also in baht and US dollars of the month of publication. Grain: one amount of money of one current release.';
comment on column money.release_key is 'Release that the fact stands in (dim_release).';
comment on column money.published_on is 'Day of publication (Gregorian); null where unknown.';
comment on column money.source is 'Source of the release.';
comment on column money.publisher is 'Publisher that the text names, else the one declared for the source.';
comment on column money.title is 'Title of the release.';
comment on column money.sentence is 'The stretch of text around the fact; of a text above 200,000 letters the fact alone.';
comment on column money.surface is 'The fact as written.';
comment on column money.amount is 'The amount in whole units of its currency; a range''s lower end.';
comment on column money.amount_max is 'A range''s upper end; null where it is no range.';
comment on column money.currency_code is 'ISO 4217 code of the currency.';
comment on column money.comparator is 'How the amount bounds the true one: eq, approx, gt, ge, lt or le.';
comment on column money.per_unit is 'What it is per, as written; null for a total.';
comment on column money.amount_thb is 'The amount in baht at the mean rate of the month of publication; null where conversion_gap says why.';
comment on column money.amount_usd is 'The amount in US dollars at the mean rates of the month of publication; null where conversion_gap says why.';
comment on column money.rate_month is 'Month of the rates; null where none was needed or none is known.';
comment on column money.thb_per_unit is 'Baht for one unit of the currency in that month.';
comment on column money.thb_per_usd is 'Baht for one US dollar in that month.';
comment on column money.rate_method is 'monthly_mean, or annual_mean where no monthly rate is published; null where no rate is known.';
comment on column money.rate_source is 'Where the rate was taken from.';
comment on column money.conversion_gap is 'Why amount_thb or amount_usd is null; null where both are known.';
comment on column money.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column money.basis is 'What context or convention supplied; null where nothing was.';
comment on column money.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column money.rule is 'Rule that read it.';
comment on column money.is_copy is 'Whether the release is a copy of another one: leave copies out to count each text once.';
comment on column money.paragraph_no is 'Paragraph (non-blank line) that the fact starts in, from 0.';
comment on column money.char_start is 'First code point of the fact in the body, from 0.';
comment on column money.char_end is 'Code point after its last one.';
comment on column money.source_uri is 'Where the document was read.';
