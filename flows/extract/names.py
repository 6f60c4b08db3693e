"""Names that hold a number: Latin names, abbreviations, places, generations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import seeds
from flows.extract.numerals import NUMERAL
from flows.extract.reasons import NUMERAL_ALONE, SERIES, by_lead, by_soft_lead, continued, if_left, just
from flows.extract.rule import Edge, Found, Rule, Shape, Site
from flows.extract.vocabulary import alternation
from schemas.values import Reason, Role

_LATIN_LEFT: Final = re.compile(r"(?P<word>[A-Za-z][A-Za-z'’.&]*)(?P<gap>[-_./+]?)\Z")
_LATIN_LEFT_SPACED: Final = re.compile(r"(?P<word>[A-Za-z][A-Za-z'.&+\-]*[A-Za-z)+]?)[ \t]{1,2}[-+(]?\Z")
_PLUS_LEFT: Final = re.compile(r"[A-Za-zก-๎)][ ]?\+[ ]?\Z")
_LATIN_RIGHT: Final = re.compile(rf"{NUMERAL}[-]?[A-Za-z][A-Za-z0-9]*")
_LATIN_RIGHT_SPACED: Final = re.compile(r"(?:19|20)\d\d[ \t][A-Z][A-Za-z]+(?:[-' ][A-Z][A-Za-z]*){0,9}")
_NAME_TAIL: Final = re.compile(rf"{NUMERAL}(?:[-/.]?[A-Za-z0-9]+){{0,9}}")
_INT_END: Final = re.compile(r"\d{1,4}(?![\d]|[.,:/]\d)")
_ABBREVIATION_LEFT: Final = re.compile(r"(?<![ก-๎])(?:[ก-ฮ]{1,5}\.)+(?:[ \t]{0,2}|[ \t]?-)\Z")
_ABBREVIATION: Final = re.compile(r"\d{1,4}(?:[-/.]\d{1,4}){0,9}(?![\d,])(?:[ ]?[ก-ฮ](?![ก-๎]))?")
_LETTERED: Final = re.compile(r"\d{1,2}[ ]?[ก-ฮ](?:\.|(?![ก-๎]))(?!\d)")
_QUOTED: Final = re.compile(r"\d{1,3}(?=[\"')])(?![\"')]+[ก-๎]{0,2}\d)")
_VERSION: Final = re.compile(r"\d\.0(?!\d)")
_ATTACHED_LEFT: Final = re.compile(r"[ก-๎ฯ][ ]?\Z")
_PLACE_NOUN: Final = alternation(row["surface"] for row in seeds.rows("numbered_nouns"))
_PLACE_LEFT: Final = re.compile(rf"(?:{_PLACE_NOUN})(?:[^\d\s]{{0,28}}[ก-๎ฯA-Za-z\"'”)])?[ \t]{{1,2}}\Z")
_ENGLISH_FUNCTION: Final = re.compile(
    r"in|of|by|since|until|from|during|year|for|to|and|before|after|the|a|an|at|on|with|than"
    r"|over|about|around|is|was|were|are|be|has|have|had|or|nearly|some|only|total|reached|between",
    re.IGNORECASE,
)


def _latin_attached(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(site.floor, m.start() - 24) : m.start()]
    lm = _LATIN_LEFT.search(left)
    if lm is None:
        return None
    return [Found(m.start() - (len(left) - lm.start()), m.end(), Reason(Role.NAME))]


def _plus(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    return [Found(m.start(), m.end(), Reason(Role.NAME))] if _PLUS_LEFT.search(site.left(4)) else None


def _latin_spaced(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(site.floor, m.start() - 30) : m.start()]
    lm = _LATIN_LEFT_SPACED.search(left)
    if lm is None or _ENGLISH_FUNCTION.fullmatch(lm.group("word")):
        return None
    return [Found(m.start() - (len(left) - lm.start()), m.end(), Reason(Role.NAME))]


_CALIBRE_LEFT: Final = re.compile(r"(?:ขนาด|กระสุน|ปืน|จุด)[^\n\d]{0,14}\.\Z")
_COMPANY: Final = re.compile(r"\d{1,5}(?=[ ]?(?:จำกัด|\(มหาชน\)|\(ประเทศไทย\)))")


_VARIETY_LEFT: Final = re.compile(r"(?:พันธุ์|ข้าว)[ก-๎]{0,24}[ \t]\Z|(?:พันธุ์|ข้าว)[^\n]{0,40}[(,][ \t]?[ก-๎]{4,14}[ \t]\Z")


RULES: Final = (
    Rule(
        "name.calibre",
        Role.NAME,
        "the calibre of a gun",
        NUMERAL_ALONE,
        if_left(_CALIBRE_LEFT, Role.NAME, 24),
        {"อาวุธปืนขนาด .22 จำนวน 1 กระบอก": "name"},
        ("ขนาด 22",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        edges=frozenset([Edge.POINT]),
    ),
    Rule(
        "name.company",
        Role.NAME,
        "a company's name that ends in a number",
        _COMPANY,
        just(Role.NAME),
        {"บริษัท นาคราช ฟาร์ม 168 จำกัด": "name"},
        ("ไม่จำกัด 168",),
        words=frozenset(["-"]),
    ),
    Rule(
        "name.word_before",
        Role.NAME,
        "a name that ends in a number",
        SERIES,
        by_lead(Role.NAME),
        {"โควิด 19": "name", "PM 2.5": "name", "สาย 11": "name"},
        ("โควิด มี 5 คน",),
        leads=frozenset(["name"]),
    ),
    Rule(
        "name.plus",
        Role.NAME,
        "a group and its partners: ASEAN+3",
        NUMERAL_ALONE,
        _plus,
        {"อาเซียน +1": "name"},
        ("บวก 1",),
        edges=frozenset([Edge.PLUS]),
    ),
    Rule(
        "name.latin_attached",
        Role.NAME,
        "Latin letters joined to a number",
        _NAME_TAIL,
        _latin_attached,
        {"D4D": "name", "MH17": "name", "A320": "name"},
        ("ราคา 19",),
        words=None,
        edges=frozenset([Edge.LATIN]),
    ),
    Rule(
        "name.soft_word_before",
        Role.NAME,
        "a name where no unit follows",
        SERIES,
        by_soft_lead(Role.NAME),
        {"ไทยแลนด์ 4.0": "name"},
        ("ไทยแลนด์ 4 แห่ง",),
        leads=frozenset(["name"]),
    ),
    Rule(
        "name.latin_right",
        Role.NAME,
        "a number joined to Latin letters",
        _LATIN_RIGHT,
        just(Role.NAME),
        {"เครือข่าย 5G": "name"},
        ("5 กก.",),
    ),
    Rule(
        "name.year_and_latin",
        Role.NAME,
        "a year that begins a Latin-script name",
        _LATIN_RIGHT_SPACED,
        just(Role.NAME),
        {"(2015 Nanning-Beijing Cooperation Consensus)": "name"},
        ("2015 เมือง",),
        shapes=frozenset([Shape.YEAR]),
    ),
    Rule(
        "name.latin_before",
        Role.NAME,
        "a Latin-script name that ends in a number",
        NUMERAL_ALONE,
        _latin_spaced,
        {"งาน Windows 11": "name"},
        ("in 2021",),
    ),
    Rule(
        "name.quoted",
        Role.NAME,
        "the number that closes a quoted name",
        _QUOTED,
        if_left(_ATTACHED_LEFT, Role.NAME, 3),
        {'งาน "เมืองดอกบัว 2" จัด': "name"},
        ("มี 2 ",),
    ),
    Rule(
        "name.abbreviation",
        Role.NAME,
        "a Thai abbreviation and a number",
        _ABBREVIATION,
        if_left(_ABBREVIATION_LEFT, Role.NAME, 16),
        {"มท.1 เป็นประธาน": "name", "ส.ป.ก. 4-01": "name"},
        ("โทร. 1",),
    ),
    Rule(
        "name.lettered",
        Role.NAME,
        "a number and a Thai letter: 5ส",
        _LETTERED,
        just(Role.NAME),
        {"กิจกรรม 5ส ": "name"},
        ("5 คน",),
    ),
    Rule(
        "name.version",
        Role.NAME,
        "a generation after a name: 4.0",
        _VERSION,
        if_left(_ATTACHED_LEFT, Role.NAME, 3),
        {"ภาครัฐ 4.0": "name"},
        ("1.5",),
        shapes=frozenset([Shape.DECIMAL]),
    ),
    Rule(
        "name.numbered_place",
        Role.NAME,
        "a building, a bridge, an office or a plan with a number",
        SERIES,
        if_left(_PLACE_LEFT, Role.NAME, 50),
        {"สะพานมิตรภาพ 3 (นครพนม)": "name"},
        ("เมื่อ 3 ",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
    ),
    Rule(
        "name.thai_attached",
        Role.NAME,
        "a number written to the end of a Thai name",
        _INT_END,
        if_left(re.compile(r"[ก-๎]\Z"), Role.NAME, 1),
        {"แอปเป๋าตัง1 ใช้ได้": "name"},
        ("จับกัง 1",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        edges=frozenset([Edge.THAI]),
    ),
    Rule(
        "name.continued",
        Role.NAME,
        "a further number of a series",
        NUMERAL_ALONE,
        continued(Role.NAME),
        {"งาน Windows 10 และ 11 โดย": "name"},
        ("สาย 3 และ 5 คน",),
        words=frozenset(["-", "link", "blocked", "close", "dot", "slash"]),
    ),
    Rule(
        "name.variety",
        Role.NAME,
        "the number of a variety of a crop",
        _INT_END,
        if_left(_VARIETY_LEFT, Role.NAME, 80),
        {"ข้าวหอมมะลิ 105 ในแปลงนา": "name", "กาแฟพันธุ์เชียงใหม่ 80 จำนวน": "name"},
        ("ขายข้าว 105 ตัน",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["-", "blocked", "link", "close"]),
    ),
)
