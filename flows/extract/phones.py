"""Telephone numbers and hotlines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.reasons import if_left, just
from flows.extract.rule import Edge, Found, Rule, Shape, Site
from schemas.values import Reason, Role

_PHONE: Final = re.compile(
    r"(?:\+?66[- ]?)?0?\d(?:(?:[- ]|[ ]-[ ]?|-[ ])?\d){2,12}(?:[ \t]?(?:-|,|/|ถึง|และ|หรือ)[ \t]?\d{1,10}(?:[- ]\d{3,4}){0,2}(?!\d)(?![\d.,]*[ \t]?(?:บาท|คน))){0,9}(?:[ \t]?(?:ต่อ|กด|#|ext\.?)[ \t]?\d+(?:(?:[ \t]?(?:-|,|/|และ|หรือ)[ \t]?|[ \t])\d+(?!\d)){0,9}){0,9}"
)
_PHONE_ALONE: Final = re.compile(
    r"0(?:[- ]?\d){8,9}(?!\d)(?:[ \t]?(?:-|,|/|ถึง)[ \t]?\d{1,4}(?!\d)|[ \t]?(?:และ|หรือ)[ \t]?1\d{3}(?!\d)(?![ \t]?(?:คน|บาท|ราย|แห่ง|ชั่วโมง))){0,9}(?:[ \t]?(?:ต่อ|กด|#)[ \t]?\d+(?:[ \t]?(?:-|,|/|และ|หรือ)[ \t]?\d+){0,9}){0,9}|0[689]\d{8}(?!\d)|02\d{7}(?!\d)|1800[- ]?\d{3}[- ]?\d{3}"
)
_PHONE_ABROAD: Final = re.compile(r"\d{1,3}[- ]?\(?\d{1,3}\)?(?:[- ]\d{2,4}){1,3}(?!\d)")
_PHONE_BRACKET: Final = re.compile(
    r"0\d{1,2}\)[ -]?\d{3,4}[- ]?\d{3,4}(?!\d)(?:[ \t]?(?:-|,|/|ต่อ|กด|#)[ \t]?\d{1,5}(?!\d)){0,9}"
)
_HOTLINE_LEFT: Final = re.compile(
    r"(?:สายด่วน|โทร|ฮอตไลน์|ฮอทไลน์|[Cc]all [Cc]ent|Hotline|hotline|แจ้งเหตุ|สอบถาม)[^\n0-9]{0,70}\Z"
)
_HOTLINE_ALONE: Final = re.compile(r"1\d{3}(?!\d)(?:[ ]OCC)?|19[19](?!\d)")
_THROUGH_LEFT: Final = re.compile(r"(?:ผ่าน|แจ้ง|ติดต่อ|ร้องเรียน|ข่าวสาร|ออนไลน์|เบาะแส)[ \t]?\(?\Z")
_HOTLINE: Final = re.compile(
    r"1\d{2,3}(?!\d)(?:[ \t]?(?:ต่อ|กด|หรือ|,|/|และ)[ \t]?(?:กด[ \t]?)?\d{1,4}(?!\d)(?![ \t]?(?:คน|บาท|ราย|แห่ง|ชั่วโมง))){0,9}"
)


def _phone(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if site.lead is None or (not site.lead.strong and site.word_kind not in ("-", "link", "close", "dot")):
        return None
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))]


def _phone_abroad(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if site.text[max(0, m.start() - 2) : m.start()].rstrip()[-1:] != "+":
        return None
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))]


def _hotline(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 90) : m.start()]
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))] if _HOTLINE_LEFT.search(left) else None


RULES: Final = (
    Rule(
        "identifier.phone",
        Role.IDENTIFIER,
        "a number after a word for telephone",
        _PHONE,
        _phone,
        {"โทร. 0 2245 1034": "identifier", "สายด่วน 1506 กด 2": "identifier"},
        ("โทรทัศน์ 5 ช่อง",),
        leads=frozenset(["phone"]),
    ),
    Rule(
        "identifier.phone_abroad",
        Role.IDENTIFIER,
        "a telephone number with a country code",
        _PHONE_ABROAD,
        _phone_abroad,
        {"+66 2-614-4861": "identifier"},
        ("66 2-614-4861",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        edges=frozenset([Edge.PLUS]),
    ),
    Rule(
        "identifier.phone_bracket",
        Role.IDENTIFIER,
        "a telephone number with its area code in brackets",
        _PHONE_BRACKET,
        just(Role.IDENTIFIER),
        {"(02) 273-9020": "identifier"},
        ("(02) ครั้ง",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        words=frozenset(["close"]),
        zero=True,
    ),
    Rule(
        "identifier.phone_number",
        Role.IDENTIFIER,
        "a number in the form of a telephone number",
        _PHONE_ALONE,
        just(Role.IDENTIFIER),
        {"02-279-2333": "identifier"},
        ("0.5",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        zero=True,
    ),
    Rule(
        "identifier.hotline",
        Role.IDENTIFIER,
        "a short number near a word for a hotline",
        _HOTLINE,
        _hotline,
        {"สายด่วนกรมชลประทาน 1460": "identifier"},
        ("มี 1460",),
        shapes=frozenset([Shape.INT]),
    ),
    Rule(
        "identifier.hotline_verb",
        Role.IDENTIFIER,
        "a short number that one calls or complains through",
        _HOTLINE_ALONE,
        if_left(_THROUGH_LEFT, Role.IDENTIFIER, 16),
        {"ร้องเรียนปัญหาออนไลน์ผ่าน 1212 ได้ทันที": "identifier"},
        ("ผ่าน 1212 คน", "ผ่าน 12"),
        shapes=frozenset([Shape.INT]),
        words=frozenset(["-", "blocked", "link", "close", "latin", "dot"]),
    ),
)
