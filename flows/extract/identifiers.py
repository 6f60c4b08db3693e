"""Numbers of laws, documents, addresses, roads, buildings and codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.numerals import NUMERAL
from flows.extract.reasons import NUMERAL_ALONE, SERIES, by_lead, by_soft_lead, chain, continued, if_left, just
from flows.extract.rule import Found, Rule, Shape, Site
from schemas.values import Reason, Role

_LEGAL_SERIES: Final = re.compile(SERIES.pattern + r"(?:[ \t]?\([0-9]{1,2}\)){0,9}(?:[ \t]?/[ \t]?[ก-ฮ][ \t]?[0-9]+)?")
_CHAINAGE: Final = re.compile(r"\d{1,4}\+\d{3}(?:\.\d+)?(?!\d)(?:[ \t]?-[ \t]?\d{1,4}\+\d{3}(?:\.\d+)?(?!\d))?")
_ROAD: Final = re.compile(r"\d{4}(?!\d)")
_ROAD_LEFT: Final = re.compile(r"(?<![ก-๎.])[ก-ฮ]{2}\.[ ]?\Z")
_LETTER: Final = re.compile(r"0\d{3}(?:\.\d+)*(?:[ \t]?/[ \t]?(?:ว[ \t]?)?\d+)?")
_LETTER_LEFT: Final = re.compile(r"(?:ที่|ที่สุด)[ \t]{0,2}[ก-ฮ]{2,3}[ \t]?(?:\([ก-๎.]{1,12}\))?[ \t]?\Z")
_DOCUMENT: Final = re.compile(r"\d{1,5}(?:[ \t]?/[ \t]?(?:[ก-ฮ][ \t]?)?\d{1,4})?(?!\d)")
_DOCUMENT_LEFT: Final = re.compile(
    r"(?:คำสั่ง|ประกาศ|หนังสือ|ระเบียบ|คดี|คำพิพากษา|ใบอนุญาต|สัญญา|(?<!ลง)(?<!จด)(?<!ขึ้น)ทะเบียน)[^\n\d]{0,50}ที่[ \t]?(?:[ก-ฮ]{1,3}\.?[ \t]?)?\Z"
)
_CODE: Final = re.compile(rf"{NUMERAL}(?:[ \t]?[-/][ \t]?(?:[ก-ฮ][ \t]?)?{NUMERAL}){{0,9}}")
_CODE_LEFT: Final = re.compile(
    r"(?:(?<!ลง)(?<!จด)(?<!ขึ้น)ทะเบียน|หมายเลข|เลขที่|รหัส|พัสดุ|ป้าย)[ \t]?(?:[A-Z]{1,4}[ \t-]?|\d?[ก-ฮ]{1,3}\.?[ \t-]?|[ก-ฮ]{2}[ \t]?\d{4}/ว[ \t]?)\Z"
)
_POSTCODE: Final = re.compile(
    r"[1-9]\d{4}(?!\d)(?=[ \t]*(?:$|[\n,;)\"”.\-/]|โทร|Tel|tel|หรือ|แฟกซ์|E|อีเมล|ประเทศไทย|Thailand|และ|ได้|ภายใน|ตั้งแต่|ใน|สอบถาม|ทุก))"
)
_POSTCODE_LEFT: Final = re.compile(r"(?:จังหวัด|จ\.|กรุงเทพ|กทม\.?|เขต|อำเภอ|อ\.|แขวง|ตำบล|ต\.|ถนน|ถ\.)[^\n0-9]{1,40}\Z")
_WIRE: Final = re.compile(r"\d{4,7}(?=[ \t)]*(?:\n|$))")
_WIRE_LEFT: Final = re.compile(r"(?:^|\n)[ \t(]*[A-Za-z]+[ \t]\Z")
_NOT_BUILDING: Final = frozenset(["ชั้น", "หลัง", "แห่ง", "ยูนิต", "ห้อง", "คูหา", "ราย", "คน", "อาคาร", "เตียง", "ที่นั่ง", "ครั้ง"])


def _building(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    lead, word = site.lead, site.word
    if lead is None or lead.surface not in ("อาคาร", "ห้อง", "ตึก") or word is None or word.classifier is None:
        return None
    if word.surface in _NOT_BUILDING or site.text[site.word_end : site.word_end + 1] in ("", " ", "\n", ")"):
        return None
    return [Found(site.lead_start, m.end(), Reason(Role.IDENTIFIER))]


def _document(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if site.lead_kind == "ordinal" and site.shape is not Shape.SLASH:
        return None  # อนุสัญญาฯ สมัยที่ 15 counts its sessions
    left = site.text[max(site.floor, m.start() - 80) : m.start()]
    if "ที่" not in left[-9:] or not _DOCUMENT_LEFT.search(left):
        return None
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))]


def _postcode(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 50) : m.start()]
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))] if _POSTCODE_LEFT.search(left) else None


def _wire(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 30) : m.start()]
    lm = _WIRE_LEFT.search(left)
    return (
        [Found(m.start() - len(left) + lm.start() + (left[lm.start()] == "\n"), m.end(), Reason(Role.IDENTIFIER))]
        if lm
        else None
    )


_DRAWN: Final = re.compile(r"\d{4,6}(?:[ \t]{0,2},[ \t]{0,2}\d{4,6}(?!\d)){3,60}")


_POST: Final = re.compile(
    r"\d{1,4}[ \t]?\+[ \t]?\d{2,3}(?:\.\d{3})?(?!\d)(?:[ \t]?-[ \t]?(?:กม\.[ \t]?)?\d{1,4}[ \t]?\+[ \t]?\d{2,3}(?:\.\d{3})?(?!\d))?"
)
_POST_LEFT: Final = re.compile(r"(?:กม\.?|กิโลเมตร)[ \t]?(?:ที่)?[ \t]?\Z")
_NUMBER_WORD_LEFT: Final = re.compile(r"(?:เลข|เหมือน|คู่)[ก-๎]{0,12}[ \t]?\(?[^\n)ก-๎]{0,60}\Z")
_LUCKY: Final = re.compile(r"(\d)\1{3}(?!\d)")
_WORD_LEFT: Final = re.compile(r"(?:[,“\"]|[ \t]อาทิ|และ)[ \t]?[ก-๎]{2,10}[ \t]\Z")
_ROUTE_CODE: Final = re.compile(r"\d-\d{1,2}[A-Z]?(?=\))")
_ROUTE_LEFT: Final = re.compile(r"สาย[ \t]?[\dก-ฮA-Z-]{1,6}[ \t]?\(\Z")


_DATED_DOCUMENT: Final = re.compile(r"\d{1,5}[ \t]?/[ \t]?(?:[ก-ฮ][ \t]?)?25\d\d(?=[ \t]{0,2}(?:ลงวันที่|ลว\.))")
_AT_LEFT: Final = re.compile(r"(?<!ครั้ง)(?<!ฉบับ)(?<!ชุด)(?<!สมัย)ที่[ \t]{0,2}\Z")


RULES: Final = (
    Rule(
        "identifier.drawn_numbers",
        Role.IDENTIFIER,
        "a row of lottery or licence numbers",
        _DRAWN,
        just(Role.IDENTIFIER),
        {"ได้แก่ 181684, 165463, 165559, 166819": "identifier"},
        ("ปี 2561, 2562 และ 2563",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
        words=frozenset(["link"]),
    ),
    Rule(
        "identifier.chainage",
        Role.IDENTIFIER,
        "a kilometre post",
        _CHAINAGE,
        just(Role.IDENTIFIER),
        {"กม. ที่ 6+200 - 6+450": "identifier", "จาก กม. 6+200.500": "identifier"},
        ("6+2",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        words=frozenset(["plus"]),
    ),
    Rule(
        "identifier.chain",
        Role.IDENTIFIER,
        "a number of a law because the next word has its own",
        NUMERAL_ALONE,
        chain(Role.IDENTIFIER),
        {"หมวด 2 ข้อ 8 วรรค 2": "identifier"},
        ("ข้อ 4 คน",),
        leads=frozenset(["identifier"]),
    ),
    Rule(
        "identifier.building",
        Role.IDENTIFIER,
        "a building or a room with a number",
        NUMERAL_ALONE,
        _building,
        {"อาคาร 7 ศูนย์แสดงสินค้า": "identifier"},
        ("อาคาร 5 ชั้น",),
        leads=frozenset(["identifier"]),
    ),
    Rule(
        "identifier.road_code",
        Role.IDENTIFIER,
        "a road of a province",
        _ROAD,
        if_left(_ROAD_LEFT, Role.IDENTIFIER, 8),
        {"ทางหลวงชนบท พบ.4016 อำเภอท่ายาง": "identifier"},
        ("พ.ศ. 2566",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
    ),
    Rule(
        "identifier.letter",
        Role.IDENTIFIER,
        "the number of an official letter",
        _LETTER,
        if_left(_LETTER_LEFT, Role.IDENTIFIER, 40),
        {"ที่ กค (กวจ) 0405.2/ว 56": "identifier"},
        ("ที่ 0405.2",),
        zero=True,
    ),
    Rule(
        "identifier.document",
        Role.IDENTIFIER,
        "the number of an order, a letter, an announcement or a case",
        _DOCUMENT,
        _document,
        {"คำสั่งสำนักนายกรัฐมนตรีที่ 120/2565": "identifier"},
        ("ครั้งที่ 2/2565",),
        shapes=frozenset([Shape.SLASH, Shape.INT, Shape.DAY, Shape.YEAR]),
        words=frozenset(["-", "link", "slash", "close", "latin", "dot", "blocked", "month", "classifier", "mixed"]),
    ),
    Rule(
        "identifier.postcode",
        Role.IDENTIFIER,
        "five digits that close an address",
        _POSTCODE,
        _postcode,
        {"เขตดินแดง กรุงเทพฯ 10400": "identifier"},
        ("กรุงเทพฯ มี 10400 คน",),
        shapes=frozenset([Shape.INT]),
    ),
    Rule(
        "identifier.code",
        Role.IDENTIFIER,
        "letters and digits after a word for a number",
        _CODE,
        if_left(_CODE_LEFT, Role.IDENTIFIER, 40),
        {"รถกระบะทะเบียน กข 4821 เชียงใหม่": "identifier"},
        ("ทะเบียน 5 คน",),
        words=frozenset(["-", "link", "slash", "close", "latin", "dot", "blocked", "month"]),
    ),
    Rule(
        "identifier.word_before",
        Role.IDENTIFIER,
        "a word for a law, a document, an address or a code",
        _LEGAL_SERIES,
        by_lead(Role.IDENTIFIER),
        {"มาตรา 44": "identifier", "เลขที่ 12/3": "identifier"},
        ("หัวข้อ 5 เรื่อง",),
        leads=frozenset(["identifier"]),
    ),
    Rule(
        "identifier.wire_number",
        Role.IDENTIFIER,
        "a wire's number on a line of its own",
        _WIRE,
        _wire,
        {"AsiaNet 64369": "identifier"},
        ("งาน AsiaNet 64369",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
    ),
    Rule(
        "identifier.soft_word_before",
        Role.IDENTIFIER,
        "a word for a place in a register where no unit follows",
        SERIES,
        by_soft_lead(Role.IDENTIFIER),
        {"ห้อง 301": "identifier"},
        ("ห้อง 3 คน",),
        leads=frozenset(["identifier"]),
    ),
    Rule(
        "identifier.continued",
        Role.IDENTIFIER,
        "a further number of a series",
        NUMERAL_ALONE,
        continued(Role.IDENTIFIER),
        {"พิกัด 0801.12.00 (สด) และ 0801.19.90 ต้อง": "identifier"},
        ("มาตรา 45 และ 46 คน",),
        words=frozenset(["-", "link", "blocked", "close", "dot", "slash"]),
    ),
    Rule(
        "identifier.kilometre_post",
        Role.IDENTIFIER,
        "a kilometre post with blanks or decimals",
        _POST,
        if_left(_POST_LEFT, Role.IDENTIFIER, 14),
        {"(กม. ที่ 31 + 600 - 35 + 550)": "identifier"},
        ("31 + 600",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        words=frozenset(["plus"]),
        leads=frozenset(["identifier", "-"]),
    ),
    Rule(
        "identifier.number_pattern",
        Role.IDENTIFIER,
        "numbers of lots or plates that are listed by their pattern",
        SERIES,
        if_left(_NUMBER_WORD_LEFT, Role.IDENTIFIER, 80),
        {"เลขเรียง (123 - 789, 1234 - 6789)": "identifier"},
        ("มีเลข 5 ตัว",),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.YEAR, Shape.OTHER]),
        words=frozenset(["-", "link", "close", "blocked"]),
    ),
    Rule(
        "identifier.lucky_number",
        Role.IDENTIFIER,
        "a plate of four alike after a word of the list",
        _LUCKY,
        if_left(_WORD_LEFT, Role.IDENTIFIER, 16),
        {"อาทิ สวย 9999, โชค 8888 และ": "identifier"},
        ("จำนวน 1111 คน",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
        words=frozenset(["-", "link", "close", "blocked"]),
    ),
    Rule(
        "identifier.route_code",
        Role.IDENTIFIER,
        "the new code of a bus route after the old",
        _ROUTE_CODE,
        if_left(_ROUTE_LEFT, Role.IDENTIFIER, 14),
        {"สาย 204 (2-52) สถานี": "identifier"},
        ("ทีม (2-52)",),
        shapes=frozenset([Shape.DAY]),
        words=frozenset(["link"]),
    ),
    Rule(
        "identifier.dated_document",
        Role.IDENTIFIER,
        "the number of an order or a letter before its date",
        _DATED_DOCUMENT,
        if_left(_AT_LEFT, Role.IDENTIFIER, 10),
        {
            "(ตามคำสั่งคณะอนุกรรมการพิจารณากำหนดอัตรา หลักเกณฑ์ และวิธีการเรียกเก็บเงินค่าใช้จ่ายในการจัดรูปที่ดิน ที่ 8/2561 ลงวันที่ 6 มีนาคม พ.ศ. 2561)": "identifier"
        },
        ("ครั้งที่ 8/2561 ลงวันที่", "ที่ 8/2561 เรื่อง"),
        shapes=frozenset([Shape.SLASH, Shape.INT, Shape.DAY]),
    ),
)
