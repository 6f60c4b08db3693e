"""Ranks, editions, phases: the n-th of something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.reasons import (
    JOINED,
    LISTED,
    NUMERAL_ALONE,
    SERIES,
    by_lead,
    by_soft_lead,
    chain,
    continued,
    if_left,
    just,
)
from flows.extract.rule import Found, Rule, Shape, Site
from schemas.values import Reason, Role

_ENGLISH_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)(?![A-Za-z])")
_EDITION: Final = re.compile(r"\d{1,3}[ \t]{0,2}/[ \t]{0,2}(?:25\d\d|20\d\d)(?!\d)")
_SCHOOL_LEFT: Final = re.compile(r"(?:ชั้น|มัธยม|นักเรียน|ระดับ|ประถม)[^\n\d]{0,16}(?:ม|ป)\.[ \t]?\Z")
_THAT_LEFT: Final = re.compile(
    r"[ก-๎](?<!อยู่)(?<!เท่า)(?<!ระดับ)(?<!เหลือ)(?<!ลดลง)(?<!เพียง)(?<!วัน)ที่[ \t]?\Z|ฯ[ ]?ที่[ \t]?\Z|\((?:คน)?ที่[ \t]?\Z"
)
_DAY_NUMBER: Final = re.compile(
    rf"\d{{1,3}}(?![\d]|[.,:/]\d)(?:{JOINED}\d{{1,2}})?(?:{LISTED}\d{{1,2}}(?!\d)(?:{JOINED}\d{{1,2}})?){{0,9}}"
)


def _day_number(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    return [Found(site.lead_start, m.end(), Reason(Role.ORDINAL))]


_BARE_THAT_LEFT: Final = re.compile(
    r"(?<!อยู่)(?<!เหลือ)(?<!ระดับ)(?<!ลดลง)(?<!เฉลี่ย)(?<!คงที่)(?<!ทรงตัว)[ (]ที่[ \t]?\Z|(?:ไทย|เป็น|โดย|และ|ไปสู่)ที่[ \t]?\Z"
)
_PROGRAMME_YEAR: Final = re.compile(r"\d(?!\d|[.,:/]\d)(?![ \t]?-[ \t]?\d)")


_OUTLINE_LEFT: Final = re.compile(
    r"(?:แผนงาน|เป้าหมาย|กิจกรรม|แนวทาง|ข้อ|ตาราง|ตัวชี้วัด|บท|มาตรการ|ยุทธศาสตร์|ภาพ|แผนภูมิ|ขั้นตอน)ที่[ \t]?\Z"
)


RULES: Final = (
    Rule(
        "ordinal.outline",
        Role.ORDINAL,
        "a plan, a target or a table by its number in an outline",
        NUMERAL_ALONE,
        if_left(_OUTLINE_LEFT, Role.ORDINAL, 20),
        {"ภายใต้แผนงานที่ 3.1 ตามบัญชี": "ordinal"},
        ("ทรงตัวที่ 0.3",),
        shapes=frozenset([Shape.DECIMAL]),
        leads=frozenset(["ordinal"]),
    ),
    Rule(
        "ordinal.programme_year",
        Role.ORDINAL,
        "the n-th year of a programme",
        _PROGRAMME_YEAR,
        by_lead(Role.ORDINAL),
        {"โครงการสร้างอาชีพ ปี 2 ช่วยประชาชน": "ordinal"},
        ("ปี 66", "ปี 2 ครั้ง"),
        shapes=frozenset([Shape.DAY]),
        leads=frozenset(["year"]),
        words=frozenset(["-", "blocked", "close", "dot", "link"]),
    ),
    Rule(
        "ordinal.english",
        Role.ORDINAL,
        "an English ordinal",
        _ENGLISH_ORDINAL,
        just(Role.ORDINAL),
        {"the 44th session": "ordinal"},
        ("44 the",),
        words=frozenset(["latin"]),
    ),
    Rule(
        "ordinal.chain",
        Role.ORDINAL,
        "a number that belongs to the word before it because the next word has its own",
        NUMERAL_ALONE,
        chain(Role.ORDINAL),
        {"เขต 4 เขต 8 เขต 9": "ordinal"},
        ("กลุ่ม 4 คน",),
        leads=frozenset(["ordinal", "ordinal_soft"]),
    ),
    Rule(
        "ordinal.edition",
        Role.ORDINAL,
        "the n-th of a year",
        _EDITION,
        just(Role.ORDINAL),
        {"ครม.สัญจร 3 / 2563": "ordinal"},
        ("3 / 63",),
        shapes=frozenset([Shape.DAY, Shape.SLASH, Shape.INT]),
        leads=frozenset(["-", "ordinal", "ordinal_soft", "filler", "name"]),
        words=frozenset(
            [
                "slash",
                "-",
                "link",
                "dot",
                "close",
                "blocked",
                "classifier",
                "mixed",
                "unit",
                "scale",
                "currency",
                "month",
                "month_noun",
                "between",
                "latin",
                "clock",
            ]
        ),
    ),
    Rule(
        "ordinal.word_before",
        Role.ORDINAL,
        "a word for rank, edition or phase",
        SERIES,
        by_lead(Role.ORDINAL),
        {"ครั้งที่ 9": "ordinal", "เข็มที่ 1 และ 2": "ordinal"},
        ("ที่ 5 จังหวัด", "ทรงตัวที่ 0.3"),
        leads=frozenset(["ordinal", "ordinal_soft"]),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.YEAR, Shape.SLASH, Shape.OTHER, Shape.DATE]),
    ),
    Rule(
        "ordinal.school_year",
        Role.ORDINAL,
        "a school year",
        SERIES,
        if_left(_SCHOOL_LEFT, Role.ORDINAL, 30),
        {"รับนักเรียนชั้น ม.1": "ordinal"},
        ("หมู่บ้าน ม.1",),
        leads=frozenset(["identifier", "ordinal"]),
    ),
    Rule(
        "ordinal.noun_before",
        Role.ORDINAL,
        "a noun and ที่",
        SERIES,
        if_left(_THAT_LEFT, Role.ORDINAL, 24),
        {"มณฑลทหารบกที่ 23": "ordinal", "(ที่ 2 จากขวา)": "ordinal"},
        ("อยู่ที่ 53.4", "ที่ 5"),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.SLASH]),
    ),
    Rule(
        "ordinal.soft_word_before",
        Role.ORDINAL,
        "a word that ranks where no unit follows",
        SERIES,
        by_soft_lead(Role.ORDINAL),
        {"ระดับ 3": "ordinal"},
        ("ระดับ 3 ดาว",),
        leads=frozenset(["ordinal", "ordinal_soft"]),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.SLASH, Shape.YEAR]),
    ),
    Rule(
        "ordinal.day_number",
        Role.ORDINAL,
        "the n-th day of something, or of every month",
        _DAY_NUMBER,
        _day_number,
        {"เป็นวันที่ 2 ของการประชุม": "ordinal"},
        ("วันที่ 2 มกราคม",),
        leads=frozenset(["day"]),
    ),
    Rule(
        "ordinal.continued",
        Role.ORDINAL,
        "a further number of a series",
        NUMERAL_ALONE,
        continued(Role.ORDINAL),
        {"ภายใต้แผนงานที่ 3.1 และ 3.2 ของ": "ordinal"},
        ("เฟส 2 และ 5 กูรู",),
        words=frozenset(["-", "link", "blocked", "close", "dot", "slash"]),
    ),
    Rule(
        "ordinal.bare_that",
        Role.ORDINAL,
        "ที่ with a small number and no unit: the n-th",
        SERIES,
        if_left(_BARE_THAT_LEFT, Role.ORDINAL, 14),
        {"กองร้อยอาสารักษาดินแดนอำเภอสมมุติ ที่ 2 ซึ่ง": "ordinal", "ไทยที่ 1 ของเอเชีย ที่ 11 ของโลก": "ordinal"},
        ("ดัชนีอยู่ ที่ 12", "ที่ 2 คน"),
        shapes=frozenset([Shape.DAY]),
        words=frozenset(["-", "link", "blocked", "close", "dot"]),
    ),
)
