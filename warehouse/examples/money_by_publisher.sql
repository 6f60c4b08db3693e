-- question: How much money did each publisher announce, in baht of the month of the amount?
-- grain: a publisher.
-- read: `total_thb` adds up what could be converted; `unconverted` is the number of amounts that could not, and
--   `money.conversion_gap` says why each. `largest_thb` shows how much of the sum is one figure.
-- beware: An amount that a text repeats counts once, at the rate of where it stands first. The publisher is the one
--   that the text names, else the one declared for its source, else the source by its name. Amounts that cannot be
--   right are left out (`money.is_plausible`). A total counts beside its parts, and amounts of different kinds (trade,
--   budgets, prizes) are no common measure.
with said_again as (
    select release_key, right_char_start as char_start
    from consistency
    where kind in ('conversion', 'words_digits') and right_table = 'fact_money'
),

announced as (
    select
        release_key,
        coalesce(publisher, source) as publisher,
        currency_code,
        amount,
        min_by(amount_thb, char_start) as amount_thb
    from money
    anti join said_again using (release_key, char_start)
    where is_plausible and per_unit is null
    group by all
)

select
    publisher,
    count(distinct release_key) as releases,
    count(*) as amounts,
    round(sum(amount_thb), 0)::decimal(38, 0) as total_thb,
    round(max(amount_thb), 0)::decimal(38, 0) as largest_thb,
    count(*) filter (where amount_thb is null) as unconverted
from announced
group by publisher
order by total_thb desc nulls last, publisher
