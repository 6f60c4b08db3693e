-- question: How much money was announced, by currency and year of publication?
-- grain: a currency in a year of publication.
-- read: `total` adds up the amounts in their own currency, each once for a release however often its text repeats it;
--   a range counts with its lower end.
-- beware: Prices (so much per rai, per person), conversions in brackets and amounts said again in words are left out,
--   and so is what cannot be right, as baht said to be millions of baht (`money.is_plausible`); but a total still
--   counts beside its parts, and a rounded figure in a title beside the exact one in the text. Read the sentences
--   before you quote a sum.
with said_again as (
    select release_key, right_char_start as char_start
    from consistency
    where kind in ('conversion', 'words_digits') and right_table = 'fact_money'
),

announced as (
    select distinct release_key, year(published_on) as year, currency_code, amount
    from money
    anti join said_again using (release_key, char_start)
    where is_plausible and per_unit is null
)

select
    year,
    currency_code,
    count(distinct release_key) as releases,
    count(*) as amounts,
    sum(amount)::decimal(38, 2) as total
from announced
group by all
order by year, currency_code
