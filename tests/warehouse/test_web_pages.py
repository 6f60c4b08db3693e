"""Web pages on their way through the stage into the warehouse: text, header, candidates, and what may have been lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rig import Warehouse
from synthetic import STARTED

from flows.quality.checks import read_check, run_checks
from flows.stage import Landed, StageResult, stage_documents, todays_extractor
from schemas.instants import utc
from schemas.records import Document, Override
from warehouse.dimensions import load_dimensions
from warehouse.load import load_batch

CHECK = Path(__file__).parents[2] / "warehouse" / "checks" / "paragraph_lost.sql"
URL = "https://news.example/2024/03/05/water"
PAGE = """<!DOCTYPE html><html lang="th"><head><meta charset="utf-8"><title>{title} | ข่าวน้ำ</title>
<meta property="og:site_name" content="ข่าวน้ำ"><meta property="article:published_time" content="2024-03-05T08:00:00+07:00">
<link rel="canonical" href="https://news.example/water"></head><body><nav><a href="/">ข่าว 999 ข่าว</a></nav>
<article><h1>{title}</h1>{dateline}<p>สำนักงานน้ำชุมชนเปิดใช้อ่างเก็บน้ำแห่งใหม่ ความจุ 1.25 ล้านลูกบาศก์เมตร ใช้งบประมาณ 86 ล้านบาท
เมื่อวันที่ 4 มีนาคมที่ผ่านมา</p><p>เกษตรกร 2,300 ครัวเรือนจะได้รับประโยชน์ และมีแผนขยายพื้นที่อีก 4,000 ไร่</p>{more}</article></body></html>"""
TITLE = "เปิดใช้อ่างเก็บน้ำใหม่ จุ 1.25 ล้านลูกบาศก์เมตร"


def page(dateline: str = "", more: str = "", **others: Any) -> Document:
    raw = PAGE.format(title=TITLE, dateline=dateline, more=more).encode()
    content_hash = f"{abs(hash(raw)):064x}"[-64:]
    document = Document("web", "https://news.example/water", raw, content_hash, media_type="text/html; charset=utf-8")
    return replace(document, hints=json.dumps({"url": URL, "title": "อื่น", "time_zone": "Asia/Bangkok"}), **others)


def stage(warehouse: Warehouse, *documents: Document, batch: str = "r1-0001") -> StageResult:
    landed = (Landed(document, utc(STARTED)) for document in documents)
    folder = warehouse.paths.staging / batch
    return stage_documents(landed, folder, extractor=todays_extractor(), run_id="r1", seen_at=STARTED)


def load(warehouse: Warehouse, *documents: Document, batch: str = "r1-0001") -> None:
    from flows.stage import known_rules

    load_dimensions(warehouse.con, sources=[], rules=known_rules())
    load_batch(warehouse.con, stage(warehouse, *documents, batch=batch).batch_dir, batch_id=batch, run_id="r1")


def test_a_page_becomes_a_release_with_what_it_says_of_itself(warehouse: Warehouse) -> None:
    load(warehouse, page())
    asked = "title, published_on, published_on_basis, publisher, language, encoding, source_uri"
    assert warehouse.rows(f"select {asked} from dim_release") == [
        (TITLE, date(2024, 3, 5), "page.meta", "ข่าวน้ำ", "th", "utf-8", "https://news.example/water")
    ]
    assert warehouse.one("select body from dim_release").startswith(f"{TITLE}\n\nสำนักงานน้ำชุมชน")
    # The page's date is context for the text: its day without a year is found.
    assert warehouse.one("select edtf from fact_date where surface like '%4 มีนาคม%'") == "2024-03-04"
    assert warehouse.one("select count(*) from fact_numeral where surface = '999'") == 0


def test_all_candidates_are_kept_with_the_one_that_was_believed(warehouse: Warehouse) -> None:
    load(warehouse, page())
    assert warehouse.rows(
        "select field, candidate_no, value, found_in, rule_name from release_metadata where is_chosen order by field"
    ) == [
        ("canonical_url", 1, "https://news.example/water", "meta", "link.canonical"),
        ("language", 2, "th", "text", "text.script"),
        ("published_on", 1, "2024-03-05T08:00:00+07:00", "meta", "meta.article:published_time"),
        ("publisher", 1, "ข่าวน้ำ", "meta", "meta.og:site_name"),
        ("title", 1, TITLE, "header", "header.headline"),
    ]
    assert warehouse.rows(
        "select value, found_in from release_metadata where field in ('title', 'published_on') and not is_chosen order by all"
    ) == [("2024-03-05", "url"), ("อื่น", "feed"), (f"{TITLE} | ข่าวน้ำ", "meta")]


def test_what_the_text_says_of_its_own_date_and_agency_goes_first(warehouse: Warehouse) -> None:
    load(warehouse, page(dateline="<p>กรุงเทพฯ--4 มี.ค. 2567--สำนักข่าวลุ่มน้ำ</p>"))
    assert warehouse.rows("select published_on, published_on_basis, publisher from dim_release") == [
        (date(2024, 3, 4), "dateline", "สำนักข่าวลุ่มน้ำ")
    ]
    assert warehouse.rows(
        "select field, candidate_no, value, found_in, rule_name from release_metadata "
        "where is_chosen and field like 'publi%' order by all"
    ) == [
        ("published_on", 1, "2024-03-04", "text", "dateline"),
        ("publisher", 1, "สำนักข่าวลุ่มน้ำ", "text", "text.dateline"),
    ]
    assert (
        warehouse.one("select count(*) from release_metadata where field = 'published_on' and found_in = 'meta'") == 1
    )


def test_a_dateline_without_a_year_takes_that_of_the_page(warehouse: Warehouse) -> None:
    load(warehouse, page(dateline="<p>กรุงเทพฯ--29 ก.พ.--สำนักข่าวลุ่มน้ำ</p>", more="<p>กำหนดเสร็จวันที่ 1 มกราคม 2570</p>"))
    assert warehouse.rows("select published_on, published_on_basis from dim_release") == [
        (date(2024, 2, 29), "dateline; year: publication date")
    ]


def test_a_page_without_a_text_is_set_aside_with_its_reason(warehouse: Warehouse) -> None:
    empty = replace(page(), raw=b"<html><body><div id=root></div></body></html>")
    load(warehouse, empty)
    ((stage_name, reason, detail),) = warehouse.rows("select stage, reason, detail from etl_quarantine")
    assert (stage_name, reason) == ("decode", "no_main_text")
    assert "https://news.example/water" in detail
    assert warehouse.one("select count(*) from dim_release") == 0


def test_a_decision_on_the_encoding_holds_for_a_page(warehouse: Warehouse) -> None:
    broken = page().raw.replace("เกษตรกร".encode(), b"\xe0\xb9")
    decision = Override("o" + "0" * 16, "document", "web", "https://news.example/water", None, "encoding", "utf-8+damaged", "w", "me", "2024-03-06T00:00:00+00:00")  # fmt: skip
    load(warehouse, replace(page(), raw=broken))
    assert warehouse.rows("select reason from etl_quarantine") == [("undecodable",)]
    load(warehouse, replace(page(), raw=broken, overrides=(decision,)), batch="r1-0002")
    assert "\ufffd" in warehouse.one("select body from dim_release")
    assert warehouse.rows("select status, resolution from etl_quarantine") == [("resolved", "overridden")]


def test_another_text_is_a_revision_with_its_own_candidates(warehouse: Warehouse) -> None:
    load(warehouse, page())
    load(warehouse, page(more="<p>แก้ไข: ความจุที่ถูกต้องคือ 1.3 ล้านลูกบาศก์เมตร ตามเอกสารของสำนักงาน</p>"), batch="r1-0002")
    assert warehouse.rows("select revision, is_current from dim_release order by 1") == [(1, False), (2, True)]
    assert warehouse.rows(
        "select revision, count(*) from release_metadata join dim_release using (release_key) group by 1 order by 1"
    ) == [(1, 10), (2, 10)]


LOST = (
    '<div class="meta">ตัวเลขที่อาจเป็นของข่าว: พื้นที่น้ำท่วม 7,777 ไร่</div>',
    '<div class="meta">เปิดอ่าน 7,777 ครั้ง</div>',
)


@pytest.mark.parametrize(("more", "failing"), [(LOST[0], 1), (LOST[1], 0)])
def test_a_paragraph_that_may_be_lost_is_told(warehouse: Warehouse, more: str, failing: int) -> None:
    load(warehouse, page(more=more))
    (result,) = run_checks(warehouse.con, read_check(CHECK))
    assert (result.failing, result.total) == (failing, 1)
    assert warehouse.one("select lost_numerals from dim_release") == ["7,777"] * failing


def test_documents_that_are_no_pages_have_no_candidates(warehouse: Warehouse) -> None:
    text = Document("releases", "file:///a.txt", f"{TITLE}\n\nงบ 5 ล้านบาท".encode(), "0" * 64)
    load(warehouse, text)
    assert warehouse.one("select count(*) from dim_release") == 1
    assert warehouse.one("select count(*) from release_metadata") == 0
    (result,) = run_checks(warehouse.con, read_check(CHECK))
    assert (result.failing, result.total) == (0, 0)
