-- dimension: validity
-- table: all facts
-- severity: critical
-- owner: warehouse
-- warn: 0 rows
-- fail: 0 rows
-- why: A fact is traceable only if the words it quotes stand at the place it names.
-- remedy: Run `klangkhao rebuild`; if it stays, the extractor has a fault: report the rows listed.
-- Texts and facts never change once they are loaded: those of runs in which all of them were right are right still.
-- Counting code points from the start of a text for each of its facts takes seconds over a corpus; so the texts are cut
-- into pieces of 500 once, and a fact is looked for in its piece and the next one; the rare longer one in its text.
with unproven as (
    select release_key, body
    from dim_release
    where run_id not in (select run_id from quality_result where check_name = 'surface_differs' and failing = 0)
),

piece as (
    select release_key, unnest(pieces) as text, generate_subscripts(pieces, 1) - 1 as piece_no
    from (select release_key, regexp_extract_all(body, '(?s).{1,500}') as pieces from unproven)
),

window_of_text as (
    select
        release_key,
        piece_no,
        text || coalesce(lead(text) over (partition by release_key order by piece_no), '') as text
    from piece
)

select fact.table_name, fact.release_key, fact.char_start, fact.surface
from fact_span as fact
semi join unproven using (release_key)
left join window_of_text
    on window_of_text.release_key = fact.release_key and window_of_text.piece_no = fact.char_start // 500
where
    fact.char_end - fact.char_start <= 500
    and substring(window_of_text.text, fact.char_start % 500 + 1, fact.char_end - fact.char_start)
    is distinct from fact.surface
union all
select fact.table_name, fact.release_key, fact.char_start, left(fact.surface, 500)
from fact_span as fact
join unproven using (release_key)
where
    fact.char_end - fact.char_start > 500
    and substring(unproven.body, fact.char_start + 1, fact.char_end - fact.char_start) is distinct from fact.surface;

select
    (select count(*) from fact_date)
    + (select count(*) from fact_money)
    + (select count(*) from fact_count)
    + (select count(*) from fact_measure)
    + (select count(*) from fact_numeral)
    + (select count(*) from fact_consistency)
    + (select count(*) from fact_place)
