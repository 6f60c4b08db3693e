-- Grain: one amount of money of one current release that is no copy of another.
-- Key: release_key, char_start, char_end.
create view money as
-- Sentences are cut where texts are joined to their facts, once a text; what follows carries no texts.
with shown as (
    select
        fact_money.*,
        original_release.* exclude (release_key, body),
        case
            when original_release.char_count > 200000 then fact_money.surface
            else substring(
                string_split(original_release.body, chr(10))[fact_money.line_no + 1],
                fact_money.sentence_start + 1,
                fact_money.sentence_end - fact_money.sentence_start
            )
        end as sentence
    from fact_money
    join original_release using (release_key)
),

stated as (
    select
        fact_money.release_key,
        fact_money.char_start,
        fact_money.char_end,
        fact_money.paragraph_no,
        fact_money.amount,
        fact_money.amount_max,
        fact_money.currency_code,
        original_release.published_on,
        original_release.published_month
    from fact_money
    join original_release using (release_key)
),

-- No month after the last one that has rates is looked up.
last_rate as (
    select max(month) as month, year(max(month)) as year from fx_rate_monthly where method = 'monthly_mean'
),

-- By, since and until bound a span of time: the day they name is not the amount's. Laws are cited by พ.ศ. and a year.
dated as (
    select
        release_key,
        paragraph_no,
        char_start as date_char_start,
        char_end as date_char_end,
        case
            when date_trunc('month', date_start) = date_trunc('month', date_end)
                then date_trunc('month', date_start)::date
        end as month,
        case
            when
                date_start = make_date(year(date_start), 1, 1)
                and date_end = make_date(year(date_start), 12, 31)
                and not starts_with(surface, 'พ.ศ')
                then year(date_start)
        end as year,
        is_relative
    from fact_date
    where date_start is not null and (modifier is null or modifier = 'approx')
),

-- How far in the text the dates of an amount's paragraph stand from it, and which of them can date it. No date after
-- publication can: nobody knew its rate then. A month counts within 300 letters, twice about the stretch of text that is
-- shown around an amount: beyond that it belongs to other matters, and publication is the better guess. A year counts
-- within the 160 letters that are shown, if it was over at publication: until then the month of publication lies in it.
beside as (
    select
        stated.release_key,
        stated.char_start,
        dated.month,
        dated.year,
        dated.is_relative,
        dated.date_char_start < stated.char_start as is_before,
        reach.distance,
        dated.month is not null
        and reach.distance <= 300
        and dated.month <= least(last_rate.month, stated.published_month) as dates_by_month,
        dated.year is not null
        and reach.distance <= 160
        and dated.year <= last_rate.year
        and dated.year < coalesce(year(stated.published_on), 9999) as dates_by_year,
        dated.month is not null and reach.distance <= 300 and dated.month > stated.published_month as is_ahead
    from stated
    join dated using (release_key, paragraph_no)
    cross join last_rate
    cross join lateral (
        select
            case
                when dated.date_char_start < stated.char_start then stated.char_start - dated.date_char_end
                else dated.date_char_start - stated.char_end
            end as distance
    ) as reach
    where dated.month is not null or dated.year is not null
),

-- The nearest of each kind; of two as near, the one before the amount. A year that is written out right before it
-- (a relative one compares: "up from last year") is its own, be there a month farther off.
nearest as (
    select
        release_key,
        char_start,
        arg_min(
            struct_pack(value := month, at := distance, is_before := is_before),
            2 * distance + (not is_before)::integer
        ) filter (where dates_by_month) as month,
        arg_min(year, 2 * distance + (not is_before)::integer) filter (where dates_by_year) as year,
        arg_min(struct_pack(value := year, at := distance), distance) filter (
            where dates_by_year and is_before and distance <= 60 and not is_relative
        ) as own_year,
        bool_or(is_ahead) as is_ahead
    from beside
    group by release_key, char_start
),

-- Of a month before the amount that lies in that year, the year is only a part: November of 2022.
chosen as (
    select
        release_key,
        char_start,
        month.value as month,
        case when month.value is null then year else own_year.value end as year,
        month.value is null
        or coalesce(
            own_year.at < month.at and not (month.is_before and year(month.value) = own_year.value), false
        ) as is_of_year,
        is_ahead
    from nearest
),

placed as (
    select
        stated.*,
        case
            when chosen.month is not null and not chosen.is_of_year then chosen.month
            when chosen.year is null then stated.published_month
        end as rate_month,
        case when chosen.is_of_year then chosen.year end as rate_year,
        case
            when chosen.month is not null or chosen.year is not null then 'fact_date'
            when stated.published_month is null then null
            when chosen.is_ahead then 'publication_before_fact_date'
            else 'publication'
        end as rate_date_basis
    from stated
    left join chosen using (release_key, char_start)
),

rated as (
    select
        placed.*,
        case
            when placed.currency_code = 'THB' then 1
            else coalesce(own.thb_per_unit, own_of_year.thb_per_unit)
        end as thb_per_unit,
        coalesce(dollar.thb_per_unit, dollar_of_year.thb_per_unit) as thb_per_usd,
        case
            when placed.currency_code = 'THB' then coalesce(dollar.method, dollar_of_year.method)
            else coalesce(own.method, own_of_year.method)
        end as rate_method,
        case
            when placed.currency_code = 'THB' then coalesce(dollar.source, dollar_of_year.source)
            else coalesce(own.source, own_of_year.source)
        end as rate_source
    from placed
    left join fx_rate_monthly as own
        on own.currency_code = placed.currency_code and own.month = placed.rate_month
    left join fx_rate_monthly as dollar
        on dollar.currency_code = 'USD' and dollar.month = placed.rate_month
    left join fx_rate_annual as own_of_year
        on own_of_year.currency_code = placed.currency_code and own_of_year.year = placed.rate_year
    left join fx_rate_annual as dollar_of_year
        on dollar_of_year.currency_code = 'USD' and dollar_of_year.year = placed.rate_year
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
        end as amount_usd,
        case
            when currency_code = 'THB' then amount_max
            else try_cast(amount_max::double * thb_per_unit::double as decimal(38, 4))
        end as amount_max_thb,
        case
            when currency_code = 'USD' then amount_max
            else try_cast(amount_max::double * thb_per_unit::double / thb_per_usd::double as decimal(38, 4))
        end as amount_max_usd,
        coalesce(strftime(rate_month, '%Y-%m'), rate_year::varchar) as rate_period
    from rated
),

-- Places in the line of an amount and not farther from it than the stretch of text that is shown.
near as (
    select
        fact_money.release_key,
        fact_money.char_start,
        list(distinct dim_place.name_en order by dim_place.name_en) as places
    from fact_money
    join fact_place
        on
            fact_place.release_key = fact_money.release_key
            and fact_place.line_no = fact_money.line_no
            and fact_place.char_start >= fact_money.char_start - 160
            and fact_place.char_end <= fact_money.char_end + 160
    join dim_place using (place_key)
    group by all
)

select
    shown.release_key,
    shown.published_on,
    shown.source,
    shown.publisher,
    shown.title,
    shown.sentence,
    shown.surface,
    shown.amount,
    shown.amount_max,
    shown.currency_code,
    shown.comparator,
    shown.per_unit,
    shown.amount > 0
    and coalesce(greatest(shown.amount, shown.amount_max) <= currency_limit.plausible_max, true) as is_plausible,
    converted.amount_thb,
    converted.amount_usd,
    converted.amount_max_thb,
    converted.amount_max_usd,
    converted.rate_date_basis,
    converted.rate_month,
    converted.rate_year,
    converted.thb_per_unit,
    converted.thb_per_usd,
    converted.rate_method,
    converted.rate_source,
    case
        when
            converted.amount_thb is not null
            and converted.amount_usd is not null
            and (
                converted.amount_max is null
                or converted.amount_max_thb is not null and converted.amount_max_usd is not null
            )
            then null
        when converted.rate_period is null then 'the release has no publication date'
        when converted.thb_per_unit is null
            then 'no rate for ' || converted.currency_code || ' in ' || converted.rate_period
        when converted.thb_per_usd is null then 'no rate for USD in ' || converted.rate_period
        else 'the amount is too large to convert'
    end as conversion_gap,
    coalesce(near.places, []) as places,
    shown.confidence,
    shown.basis,
    shown.alternatives,
    dim_rule.rule_name as rule,
    shown.copy_count,
    shown.paragraph_no,
    shown.char_start,
    shown.char_end,
    shown.source_uri,
    shown.release_uri || '#char=' || shown.char_start || ',' || shown.char_end as fact_uri
from shown
join converted using (release_key, char_start)
left join near using (release_key, char_start)
left join currency_limit on currency_limit.currency_code = shown.currency_code
left join dim_rule using (rule_key);

comment on view money is 'Amounts of money that current releases state, also in baht and US dollars of the month or year that their own paragraph dates them to, else of the month of publication. Copies are left out, so that a fact counts once. Grain: one amount of money of one current release.';
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
comment on column money.is_plausible is 'Whether the amount is more than nothing and, a range''s upper end included, no larger than what its currency can mean: ten times the yearly product of Thailand in baht, that of the world in any other (currency_limit); of a currency without any rate only nothing is implausible. What is not is a slip in the text or in its reading: leave it out of sums.';
comment on column money.amount_thb is 'The amount in baht at the mean rate of rate_month or rate_year; null where conversion_gap says why.';
comment on column money.amount_usd is 'The amount in US dollars at the mean rates of rate_month or rate_year; null where conversion_gap says why.';
comment on column money.amount_max_thb is 'The upper end in baht, as amount_thb.';
comment on column money.amount_max_usd is 'The upper end in US dollars, as amount_usd.';
comment on column money.rate_date_basis is 'Whose date chose the rate. fact_date: the nearest date in the amount''s own paragraph, at most 300 letters away, that lies in one month not after that of publication nor after the last one with rates (of two as near the one before it); a whole calendar year goes before it that was over at publication, is written out at most 60 letters before the amount and nearer than the month, unless the month stands before the amount and lies in that year; else the nearest such year at most 160 letters away. Dates after by, since and until, and years after พ.ศ., as laws are cited, do not count. publication: there is none. publication_before_fact_date: the only months near lie after publication, when nobody knew their rates, so its month stands in. Null where neither is known.';
comment on column money.rate_month is 'First day of the month whose rates were looked up; null where rate_year is known, or no date.';
comment on column money.rate_year is 'Year whose rates were looked up, where the text dates the amount by a year alone; else null.';
comment on column money.thb_per_unit is 'Baht for one unit of the currency then.';
comment on column money.thb_per_usd is 'Baht for one US dollar then.';
comment on column money.rate_method is 'monthly_mean, or annual_mean where no monthly rate of the currency is published at all; for a rate_year mean_of_months where all twelve are published, else annual_mean; null where no rate is known.';
comment on column money.rate_source is 'Where the rate was taken from.';
comment on column money.conversion_gap is 'Why amount_thb or amount_usd is null; null where both are known.';
comment on column money.places is 'English names of the places named in the same line at most 160 letters from the amount, sorted (dim_place).';
comment on column money.confidence is 'stated by the text, inferred from context, or assumed by convention.';
comment on column money.basis is 'What context or convention supplied; null where nothing was.';
comment on column money.alternatives is 'Other readings of an ambiguous expression; usually empty.';
comment on column money.rule is 'Rule that read it.';
comment on column money.copy_count is 'How many other releases say the same: their facts are left out, so that each counts once.';
comment on column money.paragraph_no is 'Paragraph (non-blank line) that the fact starts in, from 0.';
comment on column money.char_start is 'First code point of the fact in the body, from 0.';
comment on column money.char_end is 'Code point after its last one.';
comment on column money.source_uri is 'Where the document was read.';
comment on column money.fact_uri is 'Where the fact stands, as an address: its release, revision and place in the text (RFC 5147); `klangkhao show` opens it, highlighted.';
