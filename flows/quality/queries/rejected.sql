-- Grain: one reason for which documents or rows are in quarantine, with one of them.
select
    stage,
    table_name,
    reason,
    count(*) as rows,
    count(*) filter (run_id = $run_id) as new,
    min_by(source_uri, source_uri) as example_uri,
    min_by(detail, source_uri) as example_detail
from etl_quarantine
where status = 'open'
group by all
order by rows desc, stage, reason
