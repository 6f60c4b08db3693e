"""What one line of a page is, told by its words alone: a date line, a counter, buttons, a menu, an address, a lead.

Every function is pure and looks at a line without the page around it. Where a line stands and what box it is in is
asked in `flows.acquire.main_text`, which decides what follows: the same words are a tool below a headline and text in
a paragraph. `linked` is how many characters of a line are links.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from flows.acquire.page_dates import day_in

NUMERAL: Final = re.compile(r"[0-9๐-๙]+(?:[.,:/][0-9๐-๙]+)*")
_LONGEST_LEAD: Final = 60
_LONGEST_SECTION: Final = 60
_LONGEST_BESIDE: Final = 300
_LONGEST_DATE_LINE: Final = 160
_LONGEST_ADDRESS: Final = 200
_LONGEST_FILE: Final = 150
_LONGEST_SIGNS: Final = 60
_SHORT: Final = 50  # a shorter line is no paragraph
_MOSTLY: Final = 0.8

# Words of links that lead to pages, and of the sections that these stand in; no release is called by these alone.
_LEAD: Final = re.compile(
    r"[\W_]*(?:(?:อ่าน|ดู|ชม|คลิก|กด|แสดง|เพื่อ|ที่นี่|ตรงนี้|ลิงก์|ข่าว|เรื่อง|บทความ|เนื้อหา|ข้อมูล|รายละเอียด|เอกสาร|ไฟล์|ดาวน์โหลด|หน้าแรก|หน้าหลัก"
    r"|ประชาสัมพันธ์|ประกาศ|กิจกรรม|ล่าสุด|เพิ่ม(?:เติม)?|ต่อ|ทั้งหมด|ฉบับเต็ม|อื่น|ก่อนหน้า|ถัดไป|ย้อนกลับ|กลับ|ๆ"
    r"|(?:read|view|see|show|load|learn|click|continue|reading|more|all|full|the|news|story|article|details?|here|to|download"
    r"|next|previous|back|home)\b)[\W_]*)+",
    re.IGNORECASE,
)
# Headings of what is beside an article, where neither names nor tags tell.
_SECTION: Final = re.compile(
    r"(?:(?:ข่าว|เรื่อง|บทความ|เนื้อหา|โพสต์|กระทู้|คลิป)(?:ประชาสัมพันธ์|สาร)?(?:ที่|ที่น่า)?"
    r"(?:เกี่ยวข้อง(?:กัน)?|อื่น(?:\s?ๆ)?(?:\s?ที่น่าสนใจ)?|(?:คุณ)?(?:อาจ(?:จะ)?|น่า)สนใจ|ล่าสุด|แนะนำ|ยอดนิยม|ยอดฮิต|เด่น|สนใจ)"
    r"|อ่าน(?:เพิ่มเติม|ต่อ|ข่าวอื่น|มากที่สุด|ข่าวที่เกี่ยวข้อง)|(?:เนื้อหา|ข่าว)?แนะนำ(?:สำหรับคุณ)?|กำลังเป็นที่นิยม|ยอดนิยม"
    r"|(?:แสดง)?ความ(?:คิด)?เห็น|แท็ก|ป้ายกำกับ|คำค้น|แชร์(?:ข่าวนี้|บทความนี้)?|แบ่งปัน(?:สิ่งนี้)?|ติดตาม(?:เรา|ข่าวสาร)|โฆษณา"
    r"|related(?: (?:news|articles|stories|posts))?|recommended(?: for you)?|read (?:more|also|next)|latest(?: news)?"
    r"|more (?:news|stories|from .{1,30})|trending|popular|(?:\d+ )?comments?|leave a (?:reply|comment)|tags"
    r"|share(?: this)?|you may also like|advertisement|sponsored)[\s:：.…>»()\d๐-๙]{0,12}(?:ความเห็น|รายการ)?",
    re.IGNORECASE,
)
_LEADS_AWAY: Final = re.compile(
    r"(?:ข่าวที่เกี่ยวข้อง|เรื่องที่เกี่ยวข้อง|อ่าน(?:เพิ่มเติม|ต่อ|ข่าว|เรื่อง|ประกอบ|ย้อนหลัง)|ดู(?:เพิ่มเติม|คลิป)|ชมคลิป|คลิก|ดาวน์โหลด"
    r"|ก่อนหน้า|ถัดไป|กลับ|หน้า\s?[:：]|หน้า(?:ที่)?\s?[\d๐-๙]+\s+(?:[\d๐-๙»/]|ถัดไป|จาก)"
    r"|read (?:more|also)|related|see also|click|download|previous|next)",
    re.IGNORECASE,
)
_WEB_ADDRESS: Final = re.compile(r"https?://|www\.|@|^[\d+() -]+$")
_SOURCE: Final = re.compile(
    r"(?:ที่มา|แหล่งข่าว|แหล่งที่มา|สอบถาม|ติดต่อ|ผู้ติดต่อ|ข้อมูลเพิ่มเติม|โทร|อีเมล|สื่อมวลชน"
    r"|source|(?:media )?contact|for (?:more|further) )",
    re.IGNORECASE,
)
_BESIDE_WORDS: Final = re.compile(
    r"วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัสฯ?|ศุกร์|เสาร์|อาทิตย์)?(?:ที่)?|(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์)ที่"
    r"|(?:ลง|ประกาศ|เผยแพร่|โพสต์|โพสเมื่อ|สร้าง|แก้ไข|อัปเดต|อัพเดท|ปรับปรุง)(?:ล่าสุด|แล้ว)?(?:เมื่อ)?|เวลา|น\.|อ่าน|เปิดอ่าน|ครั้ง|ผู้?เข้าชม|คน"
    r"|(?:เขียน)?โดย|ผู้เขียน|(?:posted|published|updated|created|date|by|on|at|views?|hits?|read|am|pm"
    r"|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b",
    re.IGNORECASE,
)
_BESIDE_LETTERS: Final = 20  # of names, in a byline
_FEW_LETTERS: Final = 5
_COUNTER: Final = re.compile(
    r"(?:จำนวน)?(?:(?:เปิด)?อ่าน|(?:ผู้)?(?:เข้า)?ชม|ฮิต|views?|hits?)(?:แล้ว)?[\s:：]{0,3}[\d,๐-๙]+\s*(?:ครั้ง|คน|views?)?"
    r"|(?:แชร์|ทวีต|ถูกใจ|ไลก์|shares?|tweets?|likes?)[\s:：]{0,3}[\d,๐-๙]+"
    r"|[\d,๐-๙.]+\s?[kKmM]?\s*(?:ครั้ง|views?|คนอ่าน|ผู้เข้าชม|ความเห็น|shares?|แชร์)",
    re.IGNORECASE,
)
_BUTTONS: Final = re.compile(
    r"(?:[\[\](|/ ]|พิมพ์(?:หน้านี้)?|แชร์|ส่งต่อ|อีเมล|กลับ(?:หน้าหลัก|ไปหน้าหลัก)?|หน้าแรก|ย้อนกลับ"
    r"|print|share|e-?mail|back|pdf|line|facebook|twitter|ก[-+]?|A[-+]?)+",
    re.IGNORECASE,
)
_RIGHTS: Final = re.compile(
    r"[\W_]*(?:©|สงวน(?:ลิข)?สิทธิ์|ลิขสิทธิ์\s?(?:ของ|©|พ\.?\s?ศ|[\d๐-๙])|copyright\b|\(c\)\s?\d{4})"
    r"|.*(?:©\s?\d{4}|all rights reserved)",
    re.IGNORECASE,
)
_FILE: Final = re.compile(r"\d\s?[KMG]B\b|ดาวน์โหลด\s?[\d,๐-๙]+\s?ครั้ง", re.IGNORECASE)
_OF_PAGE: Final = re.compile(rf"ให้คะแนน|คะแนนเสียง|\brating|\bGMT\b|{_FILE.pattern}", re.IGNORECASE)
_POSTED: Final = re.compile(  # โพส is how many write โพสต์
    r"(?:วันที่)?(?:ลง)?(?:ประกาศ|เผยแพร่|โพสต?์?)\s?(?:เมื่อ|วัน|ณ|โดย|[:：\d๐-๙])|(?:ข่าว|เขียน|รายงาน)โดย|(?:posted|published)\b",
    re.IGNORECASE,
)
_CHANGED: Final = re.compile(
    r"(?:พิมพ์|เปิดดู|ปรับปรุง|แก้ไข|อัปเดต|อัพเดท)(?:ล่าสุด|ข้อมูล)*\s?(?:ใน|เมื่อ|[:：]|วัน)"
    r"|(?:printed|(?:last )?(?:updated|modified))\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"[\d๐-๙]{1,2}[:.][\d๐-๙]{2}(?::[\d๐-๙]{2})?")
_POSTCODE: Final = re.compile(r"(?<![\d๐-๙,.])[1-9๑-๙][\d๐-๙]{3}[0๐](?![\d๐-๙,.])")  # Thai ones end in 0
_PLACE: Final = re.compile(
    r"เลขที่|ชั้น|อาคาร|หมู่(?:ที่)?\s?[\d๐-๙]|ซอย|ถนน|ถ\.|แขวง|ตำบล|ต\.(?!ค)|เขต|อำเภอ|(?<!\w)อ\.|จังหวัด|กรุงเทพ|กทม"
)
_PHONE: Final = re.compile(r"(?:โทร|\bTel)\D{0,12}[0๐]", re.IGNORECASE)
_LEAST_PLACES: Final = 3
_FIRST_PICTURE: Final = "\u2600"
_DASHED: Final = re.compile(r"[-–—―]\s*\Z")


# ── Lines that lead to other pages ───────────────────────────────────────────────────────────────────────────────────
def is_lead(title: str) -> bool:
    """Whether a title is only what leads to a page: read more, click here, news."""
    return len(title) <= _LONGEST_LEAD and bool(_LEAD.fullmatch(title) or _SECTION.fullmatch(title))


def is_section(text: str) -> bool:
    """Whether a line is the heading of what is beside an article: related news, comments, tags."""
    return len(text) <= _LONGEST_SECTION and _SECTION.fullmatch(text) is not None


def leads_away(text: str, linked: int) -> bool:
    """Whether a line with links is there for them: read also, a pager, or nothing but a link that is no address."""
    if _LEADS_AWAY.match(text) and len(text) - linked < _SHORT:
        return True
    return linked > _MOSTLY * len(text) and not _WEB_ADDRESS.search(text)


def is_file(text: str, linked: int) -> bool:
    """Whether a line is a link to a file, told by the file's size or how often it was taken."""
    return linked > 0 and len(text) < _LONGEST_FILE and _FILE.search(text) is not None


# ── Lines about a text ───────────────────────────────────────────────────────────────────────────────────────────────
def names_source(text: str) -> bool:
    """Whether a line begins by naming where the text is from, or whom to ask about it."""
    return _SOURCE.match(text) is not None


def is_postal(text: str) -> bool:
    """Whether a short line is a postal address: three words such as road and district, and a postcode or a phone."""
    if len(text) > _LONGEST_ADDRESS or not (_POSTCODE.search(text) or _PHONE.search(text)):
        return False
    return len(_PLACE.findall(text)) >= _LEAST_PLACES


def date_place(text: str, linked: int = 0) -> tuple[int, int] | None:
    """Where the date of a date line stands; None where the line says more than that, or is a dateline.

    Links in it are no more that is said: they lead to a category or an author.
    """
    found = day_in(text) if len(text) <= _LONGEST_DATE_LINE else None
    if found is None:
        return None
    _, start, end = found
    if _letters(_COUNTER.sub(" ", _around(text, start, end))) > _BESIDE_LETTERS + linked:
        return None
    if _DASHED.search(text[:start]) and text[end:].lstrip()[:1] in "-–—―":
        return None
    return start, end


def is_date_alone(text: str) -> bool:
    """Whether a line is a date, with a weekday or a time at most: as letters are dated."""
    place = date_place(text)
    return place is not None and not _letters(_around(text, *place))


def says_more(text: str) -> bool:
    """Whether a date line has other numerals, and words for them: it is a short sentence with a date in it.

    Not so one that says when its text was published or changed: what else it has is a number of the release.
    """
    place = date_place(text)
    if place is None or text.count("|") > 1 or is_posted(text) or is_changed(text):
        return False
    rest = _TIME.sub(" ", _COUNTER.sub(" ", _around(text, *place)))
    return NUMERAL.search(rest) is not None and _letters(rest) > _FEW_LETTERS


def _around(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"


def _letters(text: str) -> int:
    """How many letters a text has besides the words of date lines and counters."""
    return sum(map(str.isalpha, _BESIDE_WORDS.sub(" ", text)))


def is_posted(text: str) -> bool:
    """Whether a line begins as one that says when, or by whom, its text was published; ประกาศผลวันที่ … says it not."""
    return _POSTED.match(text) is not None


def is_changed(text: str) -> bool:
    """Whether a line begins as one that says when its page was changed, printed or opened."""
    return _CHANGED.match(text) is not None


# ── Lines beside a text ──────────────────────────────────────────────────────────────────────────────────────────────
def is_beside(text: str, linked: int = 0) -> bool:
    """Whether a short line is a date line, a counter, buttons or a menu."""
    if len(text) > _LONGEST_BESIDE:
        return False
    return is_menu(text) or _COUNTER.fullmatch(text) is not None or date_place(text, linked) is not None


def is_of_page(text: str, linked: int) -> bool:
    """Whether a short line is beside a text, or says something of the page: ratings, sizes of files, its clock."""
    if is_file(text, linked) or is_beside(text, linked):
        return True
    return len(text) < _SHORT and _OF_PAGE.search(text) is not None


def is_count(text: str, linked: int) -> bool:
    """Whether a line before or behind a text counts readers, says when its page was changed, or leads to a file."""
    if _COUNTER.fullmatch(text) or is_file(text, linked):
        return True
    return is_beside(text, linked) and (is_changed(text) or _COUNTER.search(text) is not None)


def is_menu(text: str) -> bool:
    """Whether a line is buttons, a menu written in a line, or says whose rights are reserved."""
    if len(text) > _LONGEST_BESIDE:
        return False
    return text.count("|") > 1 or _RIGHTS.match(text) is not None or is_tool(text)


def is_tool(text: str) -> bool:
    """Whether a line is buttons and signs, or a short one of rights: no text, even between paragraphs."""
    is_short = len(text) < _SHORT
    return bool(_BUTTONS.fullmatch(text) or (is_short and _RIGHTS.match(text))) or _counts_signs(text)


def _counts_signs(text: str) -> bool:
    """Whether a line is figures beside signs such as a heart or a speech bubble."""
    return len(text) <= _LONGEST_SIGNS and not any(map(str.isalpha, text)) and any(map(_is_sign, text))


def _is_sign(letter: str) -> bool:
    """Whether a letter is a picture; degrees, minus and arrows stand lower and belong to figures of tables."""
    return letter >= _FIRST_PICTURE and unicodedata.category(letter) == "So"
