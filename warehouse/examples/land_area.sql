-- question: How much land do the releases speak of, in rai and in hectares, and how was it written?
-- grain: a unit of area as written, in a year of publication.
-- read: `rai` and `hectares` are the same land: 1 rai is 1,600 m², 6.25 rai are a hectare. Each area counts once for
--   a release; a range counts with its lower end.
-- beware: Floor space and land stand side by side, and the smallest, the largest and the total plot too. Areas per
--   household or per person are left out.
with stated as (
    select distinct release_key, year(published_on) as year, unit_code, unit_name_th, value_si
    from measures
    where per_unit is null and quantity_kind = 'area' and si_unit = 'm2'
)

select
    year,
    unit_code,
    unit_name_th,
    count(*) as areas,
    round(sum(value_si) / 1600, 2) as rai,
    round(sum(value_si) / 10000, 2) as hectares
from stated
group by all
order by year, unit_code
