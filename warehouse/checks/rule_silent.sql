-- dimension: accountability
-- table: dim_rule
-- severity: major
-- owner: extraction rules
-- warn: 0 rows
-- why: A rule that read something in every few releases of a source, and in hundreds of them nothing since, is broken, or its source changed.
-- remedy: Look whether releases after the day listed still have what it reads; then mend the rule.
-- Counted in releases of the source, in the order of publication. The last one that it read something in leads there.
with release as (
    select
        release_key,
        source_key,
        published_on,
        row_number() over (partition by source_key order by published_on, release_key) as release_no
    from dim_release
    where is_current and published_on between date '1990-01-01' and first_seen_at::date + 1
),

fired as (
    select rule_key, release_key from fact_numeral where rule_key >= 0
    union
    select rule_key, release_key from fact_date
    union
    select rule_key, release_key from fact_money
    union
    select rule_key, release_key from fact_count
    union
    select rule_key, release_key from fact_measure
),

pause as (
    select
        release.source_key,
        fired.rule_key,
        release.release_key,
        release.release_no,
        release.published_on,
        release.release_no - lag(release.release_no, 1, 0) over (
            partition by release.source_key, fired.rule_key order by release.release_no
        ) as releases
    from fired
    join release using (release_key)
),

rhythm as (
    select
        source_key,
        rule_key,
        count(*) as fired_in,
        max(releases) as longest_pause,
        max(release_no) as last_no,
        max(published_on) as last_fired_on,
        max_by(release_key, release_no) as release_key
    from pause
    group by source_key, rule_key
),

published as (
    select source_key, max(release_no) as last_no
    from release
    group by source_key
)

select
    rhythm.release_key,
    dim_source.source_id as source,
    dim_rule.rule_name as rule,
    rhythm.last_fired_on,
    published.last_no - rhythm.last_no as silent_for,
    rhythm.longest_pause,
    rhythm.fired_in
from rhythm
join published using (source_key)
join dim_rule using (rule_key)
left join dim_source using (source_key)
where
    rhythm.fired_in >= 20
    and published.last_no - rhythm.last_no > 3 * rhythm.longest_pause
    and (published.last_no - rhythm.last_no) * rhythm.fired_in >= 15 * rhythm.last_no
order by silent_for * fired_in desc;

select count(*) from dim_rule where rule_key >= 0
