-- question: Whose numbers are accounted for, and how densely does each publisher write them?
-- grain: a publisher.
-- read: `explained` is the share, in percent, of the numerals that stand inside a fact or have a named reason why
--   they are none; `per_1000` is the number of facts in a thousand letters.
-- beware: Explained is not the same as right: it says that a rule took the number, not that it took it well. A source
--   whose releases name no publisher, and that has none declared, stands under its own name.
select
    coalesce(publisher, source) as publisher,
    count(*) as releases,
    sum(numeral_count) as numerals,
    sum(unexplained_count) as unexplained,
    round(100 * (1 - sum(unexplained_count) / nullif(sum(numeral_count), 0)), 2) as explained,
    round(1000 * sum(date_count + money_count + count_count + measure_count) / sum(length(body)), 1) as per_1000
from releases
where not is_copy
group by all
order by unexplained desc, releases desc, publisher
