-- Grain: one revision of a release, of those asked for.
select
    dim_release.release_key,
    dim_release.release_id,
    dim_release.revision,
    dim_release.title,
    dim_release.body,
    dim_release.language,
    dim_release.published_on,
    dim_release.published_on_basis,
    dim_release.dateline_place,
    dim_release.encoding,
    dim_release.extractor_version,
    dim_release.source_uri,
    dim_release.publisher_ref,
    dim_release.valid_from,
    dim_release.valid_to,
    dim_release.is_current,
    dim_release.closed_reason,
    dim_release.overrides,
    dim_source.source_id,
    coalesce(dim_release.publisher, dim_source.publisher) as publisher,
    original.release_id as copy_of_id,
    original.revision as copy_of_revision,
    original.title as copy_of_title
from dim_release
left join dim_source using (source_key)
left join dim_release as original on original.release_key = dim_release.duplicate_of_key
where dim_release.release_key in (select unnest($keys))
