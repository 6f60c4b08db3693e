-- Grain: one row: what the warehouse holds of current releases.
with current_release as (
    select release_key
    from dim_release
    where is_current
)
select
    (select count(*) from current_release) as releases,
    (select count(*) from fact_date semi join current_release using (release_key)) as dates,
    (select count(*) from fact_money semi join current_release using (release_key)) as money,
    (select count(*) from fact_count semi join current_release using (release_key)) as counts,
    (select count(*) from fact_measure semi join current_release using (release_key)) as measures,
    (select count(*) from fact_numeral semi join current_release using (release_key)) as numerals,
    (
        select count(*)
        from fact_numeral
        semi join current_release using (release_key)
        where role = 'unexplained'
    ) as unexplained,
    (select count(*) from etl_quarantine where status = 'open') as quarantined
