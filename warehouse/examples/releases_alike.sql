-- question: Which releases say the same thing, and which of them is the one that counts?
-- grain: a pair of current releases with almost the same text.
-- read: `kind` is `exact`, `near` (almost the same text, the same facts) or `corrected` (almost the same text, other
--   facts: a correction or the next of a series, which counts on its own). `similarity` is the share of five-letter
--   runs that both texts have.
-- beware: The marts of facts leave copies out, exact and near, so that nothing counts twice; `releases` has them all.
--   Two releases about one event in other words are no copies.
-- sample: second run
select
    release_similarity.kind,
    round(release_similarity.similarity, 3) as similarity,
    earlier.published_on as earlier_on,
    later.published_on as later_on,
    earlier.title as earlier_title,
    later.title as later_title,
    regexp_extract(earlier.source_uri, '[^/]+$') as earlier_name,
    regexp_extract(later.source_uri, '[^/]+$') as later_name,
    later.is_copy
from release_similarity
join releases as later using (release_key)
join releases as earlier on earlier.release_key = release_similarity.earlier_key
order by release_similarity.similarity desc, later_on, later.source_uri, earlier.source_uri
