"""What a release says of itself: title, language, publication date and its basis, dateline, publisher, reference."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from flows.extract import calendar as cal
from flows.extract.vocabulary import ENGLISH_MONTHS, MONTHS, THAI_MONTHS, WEEKDAYS, alternation
from schemas.records import Header
from schemas.values import Modifier, Period

_EPOCH: Final = date(1970, 1, 1)  # what a source prints when it lost its date
_HEAD_LINES: Final = 9
_HEAD_SIZE: Final = 4000
_TAIL_SIZE: Final = 600
_MONTH: Final = rf"(?P<month>{alternation(THAI_MONTHS)}|(?:{alternation(ENGLISH_MONTHS)})\.?(?![A-Za-z]))"
_DAY_MONTH_YEAR: Final = rf"(?P<day>\d{{1,2}})[ \t]{{0,9}}(?:เดือน[ ]?)?{_MONTH}[ \t,]{{0,9}}(?:พ\.?[ ]?ศ\.?|ค\.?[ ]?ศ\.?)?[ \t]{{0,9}}(?P<year>\d{{4}}|\d{{2}})(?!\d)"
_LINE_DATE: Final = re.compile(
    rf"^[ \t]{{0,9}}(?:วัน(?:{alternation(WEEKDAYS)})?[ ]?(?:ที่)?|(?:{alternation(w for w in WEEKDAYS if w.isascii())}),?)?[ \t]{{0,9}}{_DAY_MONTH_YEAR}[ \t]{{0,9}}$",
    re.MULTILINE,
)
_LINE_NUMERIC: Final = re.compile(
    r"^[ \t]{0,9}(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})[ \t]{0,9}$", re.MULTILINE
)
_DATELINE: Final = re.compile(
    rf"^[ \t]{{0,9}}(?P<place>[^\n\d/]{{2,60}}?)[ \t]{{0,9}}(?:-{{1,3}}|/)[ \t]{{0,9}}(?P<date>(?P<day>\d{{1,2}})[ \t]{{0,9}}{_MONTH}(?:[ \t]{{0,9}}(?P<year>\d{{4}}|\d{{2}})(?!\d))?)"
    rf"[ \t]{{0,9}}(?:-{{1,3}}|/)[ \t]{{0,9}}(?P<agency>[^\n]+?)[ \t]{{0,9}}$",
    re.MULTILINE,
)
_AGENCY: Final = re.compile(
    r"(?P<name>[^\s\-]+(?:[ \t]?[-/][ \t]?[^\s\-]+)*)(?:[ \t]{0,9}-{2,3}[ \t]{0,9}|[ \t]{0,9}$|[ \t]+)"
)
_TODAY: Final = re.compile(
    rf"วันนี้[ \t]{{0,9}}\([ \t]{{0,9}}(?:วัน(?:{alternation(WEEKDAYS)})?[ ]?(?:ที่)?)?[ \t]{{0,9}}{_DAY_MONTH_YEAR}"
)
_CLOSING: Final = re.compile(rf"(?<![*_\-.=])[*_\-.=]{{3,}}[ \t\n]{{0,9}}{_DAY_MONTH_YEAR}[ \t]{{0,9}}$", re.MULTILINE)
_SOURCE_URL: Final = re.compile(r"(?:ที่มา|แหล่งข่าว|แหล่งที่มา|Source|SOURCE)[ \t]{0,9}:[ \t]{0,9}(?P<url>https?://[^\s]+)")
_WIRE_NUMBER: Final = re.compile(
    r"[ \t(]*(?P<ref>(?:AsiaNet|Asianet|ASIANET|เอเชียเน็ท|Xinhua|XINHUA|ซินหัว|PRNewswire|PR Newswire|BusinessWire|Business Wire|Media OutReach|InfoQuest|อินโฟเควสท์|[A-Z][A-Za-z]{2,20})[ \t]+(?:No\.?[ ]?)?\d{4,7})[ \t)]*"
)
_THAI: Final = re.compile("[ก-๛]+")
_LATIN: Final = re.compile("[A-Za-z]+")
_HAN: Final = re.compile("[\u4e00-\u9fff]+")
_LANGUAGE_SAMPLE: Final = 1200
_DATELINE_REACH: Final = 60  # days between a dateline and the publication known from outside


@dataclass(frozen=True, slots=True)
class Head:
    """The header with what resolution needs; `yearless` is a dateline's month and day without a year."""

    header: Header
    today: date | None
    yearless: tuple[int, int] | None


def read(body: str, text: str, hint: date | None = None) -> Head:
    """Read the header of `body`, whose folded form is `text`; `hint` is a publication date known from outside."""
    lines = _first_lines(text)
    mark = text.find("วันนี้")  # far faster than the pattern, and most texts have none
    today = _date_of(_TODAY.search(text, mark), hint) if mark >= 0 else None
    published, basis = _dated_header(lines)
    dateline = _dateline(text, lines)
    place = publisher = None
    yearless: tuple[int, int] | None = None
    if dateline is not None:
        place = dateline.group("place").strip(' ("')
        publisher = _agency(body, text, dateline)
        if published is None:
            month, day = _month(dateline), int(dateline.group("day"))
            if dateline.group("year"):
                published, basis = _date_of(dateline, hint), "dateline"
            elif hint is not None and (near := _nearest(month, day, hint)):
                published, basis = near, "dateline; year: publication date"
            elif cal.possible_day(month, day):
                yearless = (month, day)
    if published is None and hint is not None:
        published, basis = hint, "given"
    if published is None and yearless is None:
        published, basis = _from_body(text, today, basis)
    header = Header(
        title=body.lstrip().partition("\n")[0].strip(),
        language=_language(text),
        published_on=published,
        published_on_basis=basis,
        dateline_place=place,
        publisher=publisher,
        publisher_ref=_reference(text),
    )
    return Head(header, today, yearless)


def with_date(head: Head, corrected: date) -> Head:
    """The header with the day of publication that a person has decided on."""
    header = replace(head.header, published_on=corrected, published_on_basis="decided")
    return Head(header, head.today, None)


def with_year(head: Head, text: str, dated: list[tuple[int, int, Period]]) -> Head:
    """Date a dateline without a year by the dates of the text: the first such day after what the text calls past.

    Args:
        head: a header whose dateline lacks its year.
        text: the folded text.
        dated: start, end and period of the dates found without a publication date.
    """
    if head.yearless is None:
        return head
    month, day = head.yearless
    precise = [
        (s, e, p)
        for s, e, p in dated
        if p.end and not p.is_relative and len(p.edtf) > 4 and p.modifier is not Modifier.BY
    ]
    past = [
        p.end
        for s, e, p in precise
        if p.end and (text[:s].rstrip().endswith("เมื่อ") or text[e : e + 12].lstrip().startswith("ที่ผ่านมา"))
    ]
    latest = max(past) if past else next((p.end for _, _, p in precise), None)
    if latest is None:
        return head
    for year in range(latest.year, latest.year + 9):
        published = cal.day(year, month, day)
        if published is not None and published >= latest:
            header = replace(
                head.header, published_on=published, published_on_basis="dateline; year: dates of the text"
            )
            return Head(header, head.today, None)
    return head


def _first_lines(text: str) -> str:
    text = text[:_HEAD_SIZE]
    end = seen = 0
    while seen < _HEAD_LINES:
        cut = text.find("\n", end)
        if cut < 0:
            return text
        seen += bool(text[end:cut].strip())
        end = cut + 1
    return text[:end]


def _dateline(text: str, lines: str) -> re.Match[str] | None:
    """The dateline among the first lines, which has a dash or a slash on either side of its date."""
    start = 0
    for line in lines.split("\n"):
        if line.count("-") + line.count("/") >= 2:
            m = _DATELINE.match(text, start, start + len(line))
            if m is not None:
                return m
        start += len(line) + 1
    return None


def _dated_header(lines: str) -> tuple[date | None, str | None]:
    rejected = None
    for pattern, basis in ((_LINE_DATE, "header.date_words"), (_LINE_NUMERIC, "header.date_digits")):
        for m in pattern.finditer(lines):
            found = _date_of(m, None)
            if found == _EPOCH:
                rejected = "header.epoch_rejected"
            elif found is not None:
                return found, basis
    return None, rejected


def _from_body(text: str, today: date | None, basis: str | None) -> tuple[date | None, str | None]:
    prefix = f"{basis}; " if basis else ""
    if today is not None:
        return today, f"{prefix}body.today"
    found = _date_of(_last(_CLOSING, text), None)
    return (found, f"{prefix}body.closing_date") if found else (None, basis)


def _nearest(month: int, day: int, hint: date) -> date | None:
    """The day of a dateline in the year that brings it next to a date known from outside; None where none does."""
    years = (cal.day(year, month, day) for year in range(hint.year - 1, hint.year + 2))
    return next((each for each in years if each and abs((each - hint).days) <= _DATELINE_REACH), None)


def _month(m: re.Match[str]) -> int:
    word = m.group("month")
    if word.isdigit():
        return int(word)
    return MONTHS[word] if word in MONTHS else MONTHS[word.rstrip(".")]


def _date_of(m: re.Match[str] | None, anchor: date | None) -> date | None:
    if m is None:
        return None
    year = cal.read_year(m.group("year"), None, anchor)
    return cal.day(year.ce, _month(m), int(m.group("day"))) if year else None


def _agency(body: str, text: str, dateline: re.Match[str]) -> str | None:
    raw = dateline.group("agency")
    start = dateline.start("agency")
    if len(raw) > 60:
        m = _AGENCY.match(raw)
        raw = m.group("name") if m else raw[:60]
    if len(body) == len(text):
        raw = body[start : start + len(raw)]
    return raw.strip() or None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda m: m.start(), default=None)


def _reference(text: str) -> str | None:
    """The last source URL, else the last wire number on a line of its own near the end."""
    at = text.rfind("http")
    while at >= 0:
        begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        url = _last(_SOURCE_URL, text[begin : end if end >= 0 else len(text)])
        if url is not None:
            return url.group("url")
        at = text.rfind("http", 0, begin)
    cut = len(text) - _TAIL_SIZE
    lines = text.split("\n") if cut <= 0 else text[cut - 1 :].split("\n")[1:]
    for line in reversed(lines):
        ref = _WIRE_NUMBER.fullmatch(line)
        if ref is not None:
            return ref.group("ref")
    return None


def _language(text: str) -> str:
    sample = text[:_LANGUAGE_SAMPLE]
    if sum(map(len, _THAI.findall(sample, 0, _LANGUAGE_SAMPLE // 3))) >= 0.2 * len(sample):
        return "th"  # whatever the rest is
    thai, latin, han = (sum(map(len, p.findall(sample))) for p in (_THAI, _LATIN, _HAN))
    letters = thai + latin + han
    if letters == 0:
        return "und"
    if thai >= 0.2 * letters:
        return "th"
    return "zh" if han > latin else "en"
