-- question: What grew and what shrank, by how many percent?
-- grain: a percentage with a word of growth or decline shortly before it.
-- read: `change` is signed: what shrank is negative. `before` shows what the percentage is about; `change_max` is the
--   far end of a range.
-- beware: The nearest word within 40 letters decides, which is no grammar: read `before`. A level that is only
--   compared (up from 9.8 %, found at 9.8 %) is left out as far as its wording shows. What is growing against what (a
--   year ago, last month) is in the sentence.
with rate as (
    select
        published_on,
        surface,
        value,
        value_max,
        title,
        source_uri,
        char_start,
        right(left(sentence, strpos(sentence, surface) - 1), 40) as before
    from measures
    where unit_code = '%'
),

worded as (
    select
        *,
        regexp_extract(
            before,
            '^.*(เพิ่มขึ้น|ขยายตัว|เติบโต|โตขึ้น|พุ่งขึ้น|สูงขึ้น|สูงกว่า|ลดลง|หดตัว|ต่ำกว่า|ติดลบ)(.*)$',
            ['word', 'between']
        ) as found
    from rate
),

directed as (
    select *, case when found.word in ('ลดลง', 'หดตัว', 'ต่ำกว่า', 'ติดลบ') then -1 else 1 end as direction
    from worded
    where found.word <> '' and not regexp_matches(found.between, 'ที่พบ|อยู่ที่|เป็น|เหลือ|ตั้งแต่')
)

select
    published_on,
    (direction * abs(value))::decimal(18, 2) as change,
    (direction * abs(value_max))::decimal(18, 2) as change_max,
    found.word,
    surface,
    trim(before) as before,
    title
from directed
order by published_on, source_uri, char_start
