-- dimension: consistency
-- table: release_change
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A change tells the difference between two revisions that follow one another, and its facts stand in their texts.
-- remedy: Run `klangkhao rebuild`, which compares all revisions anew.
select release_change.release_key, release_change.change_no
from release_change
left join dim_release as after using (release_key)
left join dim_release as before on before.release_key = release_change.previous_key
where
    after.release_id is distinct from release_change.release_id
    or before.source_uri is distinct from after.source_uri
    or before.revision is distinct from after.revision - 1
    or surface_after is not null
    and substring(after.body, char_start_after + 1, char_end_after - char_start_after) <> surface_after
    or surface_before is not null
    and substring(before.body, char_start_before + 1, char_end_before - char_start_before) <> surface_before
