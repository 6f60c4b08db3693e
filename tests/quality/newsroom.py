"""A newsroom of made-up sources, read day by day for half a year: what the faults are planted in.

Three sources with a rhythm of their own: a ministry that publishes nine releases on working days, hardly any on
Saturdays and Sundays and few on holidays; a province with less; a newsletter on Wednesdays. Texts are put together from
phrases of our own, with the facts that releases have, and go through the real extraction, validation and loading.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import seeds
from flows.extract.find import EXTRACTOR_VERSION
from flows.stage import Landed, known_rules, stage_documents, todays_extractor
from schemas.instants import utc
from schemas.records import Document
from warehouse.dimensions import load_dimensions
from warehouse.load import load_batches
from warehouse.sameness import relate
from warehouse.work import finish_run, open_work, start_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.paths import Paths

FIRST, LAST = date(2025, 3, 3), date(2025, 8, 29)  # Monday to Friday
RUN_ID = "20250830T000000Z-0000"
STARTED = datetime(2025, 8, 29, 23, tzinfo=UTC)  # six in the morning of the 30th in Bangkok
MONTHS = "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม".split()
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")

WHO = (
    "กรมส่งเสริมสวนริมน้ำ", "สำนักงานตลาดนัดชุมชน", "ศูนย์ดูแลสะพานไม้", "กองเรือโดยสารสายเหนือ",
    "สถาบันผ้าทอพื้นบ้าน", "องค์การเรือนเพาะกล้าไม้", "สำนักห้องสมุดเคลื่อนที่", "ฝ่ายทางจักรยานริมคลอง",
    "คณะทำงานน้ำสะอาด", "สภาผู้เลี้ยงผึ้งโพรง", "โครงการโรงเรียนบนเขา", "กองทุนโคมไฟถนน",
)  # fmt: skip
DID = (
    "เปิดเผยผลการสำรวจ", "ลงพื้นที่ตรวจเยี่ยม", "จัดเวทีรับฟังความเห็น", "เริ่มซ่อมแซม", "มอบรางวัลให้ผู้ดูแล",
    "ขยายเวลาให้บริการ", "รับสมัครอาสาสมัครดูแล", "ประกาศแผนปรับปรุง", "สรุปบทเรียนจาก", "ทดลองใช้ระบบใหม่ของ",
    "ส่งต่อความรู้เรื่อง", "เชิญชวนให้ช่วยกันรักษา",
)  # fmt: skip
WHAT = (
    "ลานกีฬาหน้าวัด", "ท่าเรือเก่าปากคลอง", "สวนกล้วยไม้กลางเมือง", "อ่างเก็บน้ำบนเนิน", "ตลาดเช้าข้างสถานี",
    "ห้องเรียนดนตรีไทย", "เส้นทางเดินป่าสายสั้น", "โรงทอผ้าริมน้ำโขง", "หอดูนกชายเลน", "ศาลากลางบ้านหลังใหม่",
    "เตาเผาเซรามิกโบราณ", "คลังเมล็ดพันธุ์ข้าวหอม",
)  # fmt: skip
HOW = (
    "โดยเน้นความปลอดภัยของผู้สูงอายุเป็นสำคัญ", "พร้อมขอบคุณทุกฝ่ายที่ร่วมแรงร่วมใจ", "เพื่อให้เด็กในชุมชนมีพื้นที่เล่น",
    "หลังจากฝนตกหนักติดต่อกัน", "ตามที่ชาวบ้านร้องขอมานาน", "ซึ่งใช้วัสดุในท้องถิ่นเกือบทั้งหมด",
    "และจะติดตามผลอย่างใกล้ชิด", "โดยไม่กระทบการสัญจรของประชาชน", "เพื่อเตรียมรับนักท่องเที่ยวฤดูหนาว",
    "พร้อมเปิดให้เยี่ยมชมทุกวัน", "ท่ามกลางบรรยากาศอบอุ่น", "ด้วยความร่วมมือของช่างพื้นบ้าน",
)  # fmt: skip
PROVINCES = ("เชียงใหม่", "ลำปาง", "ขอนแก่น", "นครพนม", "ตรัง", "สงขลา", "ระยอง", "สุพรรณบุรี")
DIGITS = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")


@dataclass(frozen=True, slots=True)
class Source:
    """A made-up source and how much it publishes on a working day, and on the others."""

    id: str
    folder: str
    usual: float
    free: float
    kind: str = "folder"
    location: str = "/newsroom"
    publisher: str | None = None
    time_zone: str = "Asia/Bangkok"
    language: str | None = "th"
    owner: str | None = "the desk"
    permission: str | None = "made up"


SOURCES = (
    Source("ministry", "ministry", usual=9.0, free=0.4),
    Source("province", "province", usual=3.0, free=0.3),
    Source("newsletter", "newsletter", usual=1.0, free=0.0),
)
HOLIDAYS = frozenset(date.fromisoformat(row["date"]) for row in seeds.rows("holidays"))


def build(paths: Paths, *, seed: int = 11) -> None:
    """Make the work database of the newsroom, as half a year of daily runs would have left it."""
    found = list(landed(random.Random(seed)))
    staged = [
        stage_documents(found[part::2], paths.staging / f"{RUN_ID}-000{part}", extractor=todays_extractor(), run_id=RUN_ID, seen_at=utc(STARTED))
        for part in range(2)
    ]  # fmt: skip
    with closing(open_work(paths)) as con:
        load_dimensions(con, sources=SOURCES, rules=known_rules())
        start_run(con, run_id=RUN_ID, started_at=STARTED, extractor_version=EXTRACTOR_VERSION)
        load_batches(con, [each.batch_dir for each in staged], run_id=RUN_ID)
        relate(con)
        finish_run(con, run_id=RUN_ID, status="ok")


def landed(draw: random.Random) -> Iterator[Landed]:
    """The releases day by day, each taken in on the morning after."""
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        for source in SOURCES:
            for at in range(published(draw, source, day)):
                raw = text(draw, day).encode()
                uri = f"file:///newsroom/{source.folder}/{day:%Y/%m/%d}/{at:03}.txt"
                document = Document(source.id, uri, raw, sha256(raw).hexdigest())
                seen = datetime.combine(day, time(23, 5), UTC)  # five past six of the next day in Bangkok
                yield Landed(document, utc(seen))


def published(draw: random.Random, source: Source, day: date) -> int:
    """How many releases a source has on a day: about as many as usual, which differs by the day of the week."""
    if source.id == "newsletter":
        return int(day.weekday() == 2 and day not in HOLIDAYS)
    if day.weekday() >= 5 or day in HOLIDAYS:
        return int(draw.random() < source.free)
    usual = source.usual * (1.25 if day.weekday() == 1 else 1.0)  # the cabinet meets on Tuesdays
    return max(1, round(draw.gauss(usual, usual**0.5 / 2)))


def text(draw: random.Random, day: date) -> str:
    """A release of that day: a header as the government's have it, and paragraphs with facts of every kind."""
    who, what = draw.choice(WHO), draw.choice(WHAT)
    title = f"{who}{draw.choice(DID)}{what} {draw.choice(PROVINCES)}"
    paragraphs = [_paragraph(draw, day) for _ in range(draw.randint(2, 4))]
    body = "\n\n".join(paragraphs)
    return (
        f"{title}\n\n\nวัน{WEEKDAYS[day.weekday()]}ที่ {_day(day)}\n"
        f"{day.day:02}/{day.month:02}/{day.year + 543}\n\n{body}\n\nที่มา : https://news.example.org/{draw.randrange(10**6)}\n"
    )


def _paragraph(draw: random.Random, day: date) -> str:
    said = f"{draw.choice(WHO)}{draw.choice(DID)}{draw.choice(WHAT)}{draw.choice(HOW)} "
    facts = draw.sample(_FACTS, 2)
    return said + " ".join(fact(draw, day) for fact in facts) + f" {draw.choice(HOW)}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + 543}"


def _deadline(draw: random.Random, day: date) -> str:
    return f"เปิดรับสมัครถึงวันที่ {_day(day + timedelta(days=draw.randint(5, 60)))}"


def _began(draw: random.Random, day: date) -> str:
    return f"หลังเริ่มงานเมื่อวันที่ {_day(day - timedelta(days=draw.randint(30, 400)))}"


def _meeting(draw: random.Random, day: date) -> str:
    meets = day + timedelta(days=draw.randint(2, 20))
    return f"นัดประชุมวัน{WEEKDAYS[meets.weekday()]}ที่ {_day(meets)}"


def _budget(draw: random.Random, day: date) -> str:
    return f"ใช้งบประมาณ {draw.randint(2, 90)}.{draw.randint(1, 9)} ล้านบาท"


def _in_words(draw: random.Random, day: date) -> str:
    hundred, ten = draw.randint(1, 9), draw.randint(3, 9)
    return f"จ่ายค่าแรง {hundred}{ten}0,000 บาท ({DIGITS[hundred]}แสน{DIGITS[ten]}หมื่นบาทถ้วน)"


def _in_dollars(draw: random.Random, day: date) -> str:
    dollars = draw.randint(2, 60)
    return f"ได้ทุน {dollars} ล้านดอลลาร์สหรัฐ (ประมาณ {dollars * 33} ล้านบาท)"


def _yuan(draw: random.Random, day: date) -> str:
    return f"สั่งซื้อเครื่องจักร {draw.randint(2, 80)} ล้านหยวน"


def _people(draw: random.Random, day: date) -> str:
    women, men = draw.randint(20, 300), draw.randint(20, 300)
    return f"มีผู้ร่วมงาน {women + men} คน แบ่งเป็นหญิง {women} คน ชาย {men} คน"


def _named(draw: random.Random, day: date) -> str:
    three = draw.sample(PROVINCES, 3)
    return f"ครอบคลุม 3 จังหวัด ได้แก่ {three[0]} {three[1]} และ{three[2]}"


def _projects(draw: random.Random, day: date) -> str:
    return f"รวม {draw.randint(3, 40)} โครงการ"


def _area(draw: random.Random, day: date) -> str:
    return f"บนพื้นที่ {draw.randint(5, 900)} ไร่"


def _road(draw: random.Random, day: date) -> str:
    return f"ระยะทาง {draw.randint(2, 99)}.{draw.randint(1, 9)} กิโลเมตร"


def _share(draw: random.Random, day: date) -> str:
    return f"เพิ่มขึ้นร้อยละ {draw.randint(2, 40)}"


def _session(draw: random.Random, day: date) -> str:
    return f"ในการประชุมครั้งที่ {draw.randint(1, 12)}/{day.year + 543}"


_FACTS = (
    _deadline, _began, _meeting, _budget, _in_words, _in_dollars, _yuan, _people, _named, _projects, _area, _road,
    _share, _session,
)  # fmt: skip


def database(folder: Path) -> Path:
    """Make the newsroom in a folder; return its work database."""
    from warehouse.paths import Paths

    paths = Paths(folder / "newsroom.duckdb")
    build(paths)
    return paths.work
