"""Money: an amount in a currency, with its sign before or its name after."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from flows.extract.quantities import QUANTITY, Reading, read
from flows.extract.rule import Found, Rule, Site
from flows.extract.vocabulary import CURRENCIES_AFTER, CURRENCIES_BEFORE, Currency, alternation
from schemas.values import Confidence, Money, Reason, Role

_MONEY_BEFORE: Final = re.compile(
    r"(?:งบประมาณ|งบ|วงเงิน|มูลค่า|เงิน|ราคา|รายได้|รายจ่าย|ค่า|ลงทุน|ทุน|หนี้|สินเชื่อ|ยอดขาย|กำไร|ภาษี|รายรับ|กองทุน|เบี้ย|สินบน|ค่าใช้จ่าย|เคาะ|อนุมัติ|ทุ่ม|จัดสรร|อุดหนุน|ขาดทุน|แจก|จ่าย|โอน|เยียวยา|กู้|ส่งออก|นำเข้า|ขาดดุล|เกินดุล|GDP|จีดีพี)"
    r"[^0-9\n]{0,28}\Z"
)
_NOT_MONEY_AFTER: Final = re.compile(r"[ \t]?(?:คน|ราย|ตัว|ต้น|ไร่|โดส|ครั้ง|ครัวเรือน|เรื่อง|ตัน|ลิตร|ดวง|ใบ|ชิ้น|เครื่อง|คัน|ล้อ)")
_WEIGHT_BEFORE: Final = re.compile(r"(?:น้ำหนัก|หนัก|แรง|แรงดัน)[^0-9\n]{0,12}\Z")
_GOLD_BEFORE: Final = re.compile(r"(?:ทองคำ|ทองรูปพรรณ|สร้อย|ทองแท่ง|แหวนทอง)[^0-9\n]{0,14}\Z")
_PLACE_BEFORE: Final = re.compile(
    r"(?:ดอลลาร์|เงิน|มูลค่า|ราคา|วงเงิน|ลงทุน|งบ|ค่า|ทุน|บริจาค|จ่าย|ชำระ|ปรับ|ยืม|กู้)[^0-9\n]{0,30}\Z"
)
_MEDAL_BEFORE: Final = re.compile(r"(?:เหรียญ(?:ทอง|เงิน|ทองแดง|รางวัล)|นักกีฬา|แข่งขัน|โอลิมปิก|กีฬา)[^\n]{0,40}\Z")
_TRADED_PER: Final = frozenset(["บาร์เรล", "ออนซ์", "ตัน", "ทรอยออนซ์"])
_SATANG: Final = re.compile(r"[ \t]?(\d{1,2})[ \t]?สตางค์")
_RATE_AFTER: Final = re.compile(
    rf"[ \t]?(?:ต่อ|/)[ \t]?(?:1[ \t]?)?(?:{alternation(w for w, c in CURRENCIES_AFTER.items() if c.evidence == 'plain' and c.code != 'THB')})"
)
_NAME_AFTER: Final = re.compile(r"(?:ทองคำ|ทอง(?![ก-๎]))")


def _has_evidence(currency: Currency, reading: Reading, site: Site) -> bool:
    if currency.evidence == "plain":
        return True
    left = site.text[max(0, reading.start - 40) : reading.start]
    if currency.evidence == "number_only":
        tail = site.text[reading.unit_end : reading.unit_end + 2]
        return not tail[:1].isdigit() and not tail.startswith(("ม.", "ม", ".ม"))
    if reading.unit and reading.unit.unit and _WEIGHT_BEFORE.search(left):
        return False
    if _MEDAL_BEFORE.search(left) and reading.unit and reading.unit.classifier:
        return False
    if reading.scaled or _PLACE_BEFORE.search(left) or reading.per in _TRADED_PER:
        return True
    ambiguous = reading.unit is not None and (reading.unit.classifier is not None or reading.unit.unit is not None)
    return not ambiguous and (reading.value >= 100 or reading.per is not None)


def _after(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    word = reading.unit
    if word is None or word.currency is None or reading.percent:
        return None
    currency = word.currency
    if not _has_evidence(currency, reading, site):
        return None
    if (
        currency.code == "THB"
        and _GOLD_BEFORE.search(site.text[max(0, reading.start - 24) : reading.start])
        and not reading.scaled
    ) and reading.value < 100:
        return None  # a weight of gold, not an amount
    if _RATE_AFTER.match(site.text, reading.unit_end) and currency.code != "USD":
        return None  # baht per dollar is a rate
    satang = (
        _SATANG.match(site.text, reading.unit_end) if currency.code == "THB" and reading.value_max is None else None
    )
    if satang:
        money = Money(
            reading.value * currency.factor + Decimal(satang.group(1)) / 100,
            None,
            "THB",
            reading.comparator,
            reading.per,
        )
        return [Found(reading.start, satang.end(), money)]
    bare = word.surface in ("ดอลลาร์", "ดอลล่าร์", "ดอลลาร์ฯ", "เหรียญ", "เหรียญฯ", "dollars", "dollar", r"\Z")
    return _found(
        reading,
        currency.code,
        currency.factor,
        Confidence.ASSUMED if bare else Confidence.STATED,
        "currency: bare dollar is US" if bare else None,
    )


def _sign(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.sign is None or (reading.unit is not None and reading.unit.currency is not None):
        return None
    code = CURRENCIES_BEFORE.get(site.text[reading.start : reading.start + 3])
    if (
        code is not None
        and code.evidence == "scale_or_country"
        and not (reading.scaled or set(m.group("n1")) & set(",."))
    ):
        return None  # COP 29 is a conference: a code that is a word too needs an amount that looks like one
    end = reading.end
    per = reading.per if reading.unit is None else None
    if reading.unit is None:
        end = max(end, reading.full_end)
    amount = Money(reading.value, reading.value_max, reading.sign, reading.comparator, per)
    return [Found(reading.start, end, amount, basis=reading.basis)]


def _assumed(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is not None or reading.sign or not reading.scaled or reading.percent:
        return None
    left = site.text[max(site.floor, reading.start - 60) : reading.start]
    if not _MONEY_BEFORE.search(left) or _NOT_MONEY_AFTER.match(site.text, reading.end):
        return None
    return _found(
        reading, "THB", Decimal(1), Confidence.ASSUMED, "currency: baht where money is meant and none is named"
    )


def _found(reading: Reading, code: str, factor: Decimal, confidence: Confidence, basis: str | None) -> list[Found]:
    top = reading.value_max * factor if reading.value_max is not None else None
    money = Money(reading.value * factor, top, code, reading.comparator, reading.per)
    both = "; ".join(b for b in (basis, reading.basis) if b) or None
    return [Found(reading.start, reading.full_end, money, confidence, both)]


def _rate(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is None or reading.unit.currency is None:
        return None
    after = _RATE_AFTER.match(site.text, reading.unit_end)
    return [Found(reading.start, after.end(), Reason(Role.OTHER))] if after else None


RULES: Final = (
    Rule(
        "other.exchange_rate",
        Role.OTHER,
        "a price of one currency in another is a rate, not an amount",
        QUANTITY,
        _rate,
        {"33.50 บาทต่อดอลลาร์สหรัฐ": "other"},
        ("33.50 บาทต่อคน",),
        words=frozenset(["currency", "scale", "mixed"]),
    ),
    Rule(
        "money.unit_after",
        Role.MONEY,
        "a number, a scale and the name of a currency",
        QUANTITY,
        _after,
        {
            "1 แสนล้านหยวน": "CNY 100000000000",
            "10-15 ล้านบาท": "THB 10000000..15000000",
            "5 ลบ.": "THB 5000000",
            "ราคา 150, 000 บาท": "THB 150000",
        },
        ("บาทละ 5", "5 ลบ.ม.", "เหรียญทอง 5 เหรียญ"),
        words=frozenset(["currency", "link", "scale", "between", "mixed", "month_noun"]),
    ),
    Rule(
        "money.sign_before",
        Role.MONEY,
        "a currency sign or code and a number",
        QUANTITY,
        _sign,
        {"US$ 2.5 ล้าน": "USD 2500000", "USD 34.6 million": "USD 34600000", "COP 2.5 million": "COP 2500000"},
        ("S 5", "การประชุม COP 29", "TURTLE FARM จำนวน 11 ราย"),
        leads=frozenset(["currency", "comparator", "per", "filler"]),
    ),
    Rule(
        "money.assumed_baht",
        Role.MONEY,
        "a scaled number after a word for money, without a currency",
        QUANTITY,
        _assumed,
        {"ใช้งบประมาณ 93 ล้าน": "THB 93000000"},
        ("มีประชากร 93 ล้าน", "งบประมาณ 93"),
        words=frozenset(["scale", "between", "link"]),
    ),
)
