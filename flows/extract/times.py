"""Times of day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.reasons import NUMERAL_ALONE, just
from flows.extract.rule import Found, Rule, Shape, Site
from schemas.values import Reason, Role

_CLOCK: Final = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?:[.:][0-5]\d)?"
_SUFFIX: Final = r"(?:น\.?(?![ก-๎])|นาฬิกา|hrs\.?|hours|[ap]\.?m\.?(?![a-z])|[AP]\.?M\.?(?![A-Z]))"
_TIME: Final = re.compile(
    rf"{_CLOCK}(?!\d)(?:[ \t]?{_SUFFIX})?(?:[ \t]{{0,2}}(?:-|ถึง|จนถึง|และ|,)[ \t]{{0,2}}(?:เวลา[ \t]?)?{_CLOCK}(?!\d)(?:[ \t]?{_SUFFIX})?){{0,9}}"
)
_HOUR: Final = re.compile(
    r"(?:[01]?\d|2[0-4])(?:[ \t]?-[ \t]?(?:[01]?\d|2[0-4]))?[ \t]?(?:น\.(?![ก-๎])|นาฬิกา|โมง(?:เช้า|เย็น)?|ทุ่ม|a\.?m\.?(?![a-z])|p\.?m\.?(?![a-z]))"
)
_MILITARY: Final = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d[ ]?(?:hrs\.?|hours|น\.(?![ก-๎]))")
_PART_OF_DAY: Final = re.compile(r"(?:ตี|บ่าย)[ ]?\Z")
_CLOCK_LEFT: Final = re.compile(r"เวลา[^\n]{0,24}\Z")


def _time(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    has_suffix = re.search(_SUFFIX, m.group()) is not None
    plain = site.shape is Shape.CLOCK and (len(site.number) == 5 or _CLOCK_LEFT.search(site.left(30)) is not None)
    return [Found(m.start(), m.end(), Reason(Role.TIME))] if has_suffix or plain or site.lead_kind == "clock" else None


def _part_of_day(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    return [Found(m.start(), m.end(), Reason(Role.TIME))] if _PART_OF_DAY.search(site.left(6)) else None


RULES: Final = (
    Rule(
        "time.clock",
        Role.TIME,
        "hours and minutes, or a range of them",
        _TIME,
        _time,
        {"เวลา 13.30 น.": "time", "9.00-20.00 น.": "time"},
        ("ราคา 13.30 บาท",),
        shapes=frozenset([Shape.DECIMAL, Shape.CLOCK, Shape.OTHER]),
    ),
    Rule(
        "time.hour",
        Role.TIME,
        "a full hour",
        _HOUR,
        just(Role.TIME),
        {"10 โมงเช้า": "time", "09 น.": "time"},
        ("10 นาที",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["clock", "link"]),
    ),
    Rule(
        "time.part_of_day",
        Role.TIME,
        "ตี and บ่าย with an hour",
        NUMERAL_ALONE,
        _part_of_day,
        {"ตี 5": "time"},
        ("ตีพิมพ์ 5 เล่ม",),
        shapes=frozenset([Shape.DAY]),
        leads=frozenset(["part_of_day"]),
    ),
    Rule(
        "time.military",
        Role.TIME,
        "hours and minutes without a separator",
        _MILITARY,
        just(Role.TIME),
        {"at 1000hrs": "time"},
        ("1000 hectares",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
    ),
)
