-- Grain: one source: what it has given.
select
    dim_source.source_id,
    dim_source.kind,
    dim_source.location,
    count(*) filter (dim_release.is_current) as releases,
    count(*) filter (dim_release.run_id = $run_id) as new,
    count(*) filter (dim_release.run_id = $run_id and dim_release.revision > 1) as revised,
    min(dim_release.published_on) filter (dim_release.is_current) as first_published,
    max(dim_release.published_on) filter (dim_release.is_current) as last_published
from dim_source
join dim_release using (source_key)
group by all
order by releases desc, source_id
