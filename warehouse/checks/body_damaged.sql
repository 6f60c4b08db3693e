-- dimension: validity
-- table: dim_release
-- severity: major
-- owner: source desk
-- warn: 0 rows
-- fail: 5 % of 100 rows or more
-- why: A replacement character, a control character or UTF-8 read as Latin-1 says that the text was decoded wrongly somewhere on its way.
-- remedy: Fetch the releases listed again from their publisher, or declare the right encoding for their source.
-- Texts never change once they are loaded: those of runs in which none was damaged are undamaged still.
select release_key, source_uri
from dim_release
where
    is_current
    and run_id not in (select run_id from quality_result where check_name = 'body_damaged' and failing = 0)
    and (
        contains(body, chr(65533))
        or contains(body, chr(0))
        or contains(body, 'à¸')
        or contains(body, 'เน€เธ')
        or regexp_matches(body, '[\x{80}-\x{84}\x{86}-\x{9e}]')
    );

select count(*) from dim_release where is_current
