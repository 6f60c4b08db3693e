"""Pages of 1 to 2 MB that repeat one thing: read in a second, and for hours if any step looked back at all before it.

Run as a program with the name of a group it reads that group under a limit of CPU seconds and says what it reads, so
that the last line names the page that was too much.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from flows.acquire.article import NoArticle, article

CPU_SECONDS = 20
MB = 1_000_000
TITLE = "เปิดใช้สะพานข้ามคลองแห่งที่ 2"
PARAGRAPH = "เทศบาลเปิดใช้สะพานข้ามคลองแห่งที่ 2 ยาว 145 เมตร งบประมาณ 32 ล้านบาท เมื่อวันจันทร์ที่ผ่านมา"
BODY = f"<h1>{TITLE}</h1><p>{PARAGRAPH}</p>"
TAGS = 90_000  # below what is refused unread


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>{BODY}'


def nodes(count: int, **values: str) -> str:
    return json_ld(json.dumps({"@graph": [{"@type": "NewsArticle", **values} for _ in range(count)]}))


MARKUP = {
    "comments that open": "<!--" * TAGS + BODY,
    "CDATA that opens": "<![CDATA[" * TAGS + BODY,
    "CDATA that opens in a drawing": "<svg>" + "<![CDATA[" * TAGS + BODY,
    "instructions that open": "<?a " * TAGS + BODY,
    "declarations that open": "<!DOCTYPE " * TAGS + BODY,
    "attributes whose quotes stay open": '<a b="' * TAGS + BODY,
    "attributes whose single quotes stay open": "<p class='" * TAGS + BODY,
    "tags that open in tags": "<a <a <a " * (TAGS // 3) + BODY,
    "tags without names": "<" * TAGS + BODY,
    "ends without names": "</" * TAGS + BODY,
    "ends of nothing in deep boxes": "<div>" * 4_900 + "</b>" * 50_000 + BODY,
    "boxes nested and closed": ("<div>" * 100 + "1" + "</div>" * 100) * 450 + BODY,
    "boxes nested with text": "<div class='a b'>ข้อความ 12 " * 4_900 + BODY,
    "inline nested with paragraphs": "<b>" * 4_000 + "<p>1</p>" * (TAGS // 2),
    "headings that stay open": "<h1>" * TAGS + BODY,
    "100,000 headings": "<h1>1</h1>" * 100_000 + BODY,
    "title elements": f"<title>{TITLE}</title>" * 10_000 + BODY,
    "a script that nearly ends": "<script>" + "</scrip" * TAGS + BODY,
    "scripts in comments in scripts": "<script>" + "<!--<script" * (TAGS // 2) + BODY,
    "ampersands": f"{BODY}<p>{'&' * 2 * MB}",
    "ampersands in an attribute": f"<a href='{'&' * 2 * MB}'>{BODY}",
    "entities that nearly are": f"{BODY}<p>{'&#' * MB}",
    "an entity of digits": f"{BODY}<p>&#{'1' * 2 * MB}",
    "a class of 1 MB": f"<div class='{'side-' * (MB // 5)}'>{BODY}",
    "names that deny": f"<div class='{'no-' * 130}'>1</div>" * 2_500 + BODY,
    "a style that nearly hides": f"<div style='display{' ' * 2 * MB}'>{BODY}",
    "declared encodings": f"<meta {'a' * 400}{'charset' * 400}" * 300 + BODY,
}

BOXES = {
    "elements of its own making": BODY + f"<x-a>{PARAGRAPH}</x-a>" * (TAGS // 20) + "<x-b>1</x-b>" * (TAGS // 3),
    "elements of its own making in one another": "<x-a class=title>" * 4_900 + BODY + "<p>1" * (TAGS // 2),
    "boxes of one line in one another": BODY + ("<div class=head>" * 90 + "ก 12 ข่าว" + "</div>" * 90) * (TAGS // 180),
    "deep boxes of one line": ("<div>" * 2_000 + "ก 12 ข่าว" + "</div>" * 2_000) * (TAGS // 4_000) + BODY,
    "inline elements with classes": f"{BODY}<p>" + "<b class='head x'>1</b> " * (TAGS // 2),
    "inline elements with classes in one another": f"{BODY}<p>"
    + "<b class='head x'>" * 4_900
    + "ก 12<br>" * (TAGS // 2),
    "links and times side by side": f"{BODY}<p>" + "<a href=/1>1</a><time>1</time>" * (TAGS // 4),
    "lines in a class of 1 MB": f"<div class='{'a-' * (MB // 2)}'>{BODY}" + "ก 12 ข่าว<br>" * (TAGS // 2),
    "teasers in deep boxes": BODY + "<div class=share><a href=/1>ข่าว</a>" * 4_800 + f"<p>{PARAGRAPH}" * 4_000,
    "tables of facts": f"<div>{BODY}"
    + "<table class=info><tr><td>12<td>2</table>" * (TAGS // 6)
    + f"<p>{PARAGRAPH}</div>",
    "tables of facts in one another": f"<div>{BODY}"
    + "<table class=info><tr><td>12" * 1_200
    + "</table>" * 1_200
    + f"<p>{PARAGRAPH}</div>",
    "captions above a headline": "<article>" + "<figure><figcaption>ภาพ 12</figcaption></figure>" * (TAGS // 5) + BODY,
    "contacts": BODY + "<div class=info>ติดต่อ 12</div>" * (TAGS // 3),
    "a letter": "<pre>" + "12 มี.ค. 2567\n" * 20_000 + f"{PARAGRAPH}\n{PARAGRAPH}",
}

METADATA = {
    "lists": json_ld("[" * 100_000),
    "lists that close": json_ld("[" * 900 + "]" * 900),
    "objects": json_ld('{"a":' * 100_000),
    "100,000 nodes": json_ld(json.dumps({"@graph": [{"@type": "A"}] * 100_000})),
    "10,000 titles": nodes(10_000, headline=TITLE),
    "long headlines": nodes(1_900, headline="กข" * 80),
    "long addresses": nodes(1_900, url=f"https://a.example/{'a/' * 250}"),
    "dates that nearly are": nodes(1_900, datePublished="1/13/2567 " * 50),
    "a body of numerals": nodes(1, headline=TITLE, articleBody="1," * 900_000),
    "a body of lines": nodes(1, headline=TITLE, articleBody="1 \n" * 600_000),
    "marks before a script's data": json_ld("-->" * (MB // 3)),
    "many scripts": json_ld('{"@type":"NewsArticle"}') * 3_000,
    "100,000 metas": f"<meta property=og:title content='{TITLE}'>" * 99_000 + BODY,
    "long metas": f"<meta property=og:title content='{TITLE * 150}'>" * 200 + BODY,
    "metas and headings": f"<meta property=og:title content='{'ก' * 490}'>" * 20
    + f"<h2>{'ก' * 15}</h2>" * 9_000
    + BODY,
    "metas and nodes": f"<meta property=og:title content='{'กข' * 80}'>" * 500 + nodes(1_900, headline="กข" * 80),
    "a canonical address of 1 MB": f"<link rel=canonical href='/?{'a=1&' * (MB // 4)}'>{BODY}",
    "a canonical address that climbs": f"<link rel=canonical href='{'../' * (MB // 3)}'>{BODY}",
    "a language of 1 MB": f"<html lang='{'a-' * (MB // 2)}'>{BODY}",
    "times": f"<time datetime='{'1-' * 30}'>1</time>" * 20_000 + BODY,
}

TEXT = {
    "2 MB of numerals in a line": f"{BODY}<p>{'1,' * MB}",
    "2 MB of digits": f"{BODY}<p>{'1' * 2 * MB}",
    "2 MB of blanks": f"{BODY}<p>{' ' * 2 * MB}",
    "1 MB of empty preformatted lines": BODY + "<pre>" + "\n" * MB,
    "2 MB of preformatted lines": BODY + "<pre>" + "1\n" * MB,
    "facts boxes": f"<article>{BODY}" + "<aside>ข้อเท็จจริง 12</aside>" * 20_000 + f"<p>{PARAGRAPH}</article>",
    "facts boxes in one another": f"<article>{BODY}" + "<aside>ข้อเท็จจริง 12 " * 4_800 + "</aside>" * 4_800 + f"<p>{PARAGRAPH}",
    "paragraphs that a name sets apart": BODY + f"<div class=share><p>{PARAGRAPH}</div>" * 4_000,
    "such paragraphs in deep boxes": BODY + "<div class=share>" * 4_800 + f"<p>{PARAGRAPH}" * 4_000,
    "1 MB set apart beside 1 MB": f"<article>{BODY}<div class=share>{'1 ก' * (MB // 5)}</div><p>{'1 ก' * (MB // 5)}x",
    "headings of other news that nest": BODY + "<div><h3>ข่าวที่เกี่ยวข้อง</h3>" * 4_800 + "<p>1" * 30_000,
    "titles before a date": f"<title>{f'| {TITLE} ' * 9_000}</title><h1>{TITLE} 1 12 มี.ค. 2567</h1><p>{PARAGRAPH}<p>{PARAGRAPH}",
    "sources": BODY + "<p>ที่มา 1</p>" * 20_000,
}  # fmt: skip

# What the patterns for titles, sections, counters, rights, buttons, dates and addresses repeat.
REPEATED = [
    *("ข่าวประชาสัมพันธ์ที่", "อ่านเพิ่มเติม ", "เพิ่ม", "more ", "จำนวน", "1,", "1   ", "อ่าน 1 ", "ให้คะแนน", "1 KB", "©", "_", "...", "© "),
    *("copyright", "all rights ", "พิมพ์", "A-", "back", "| ", " - ", "    ", ": : ", ":: ", "วัน", "วันจันทร์ที่", "posted on "),
    *("1 ม.ค. ", "1-1-", "12 ", "2567-01-01T", "1 พ.ศ. ", "เดือน ", "2567-1-1 ", "http://", "+66 ", "(0)- ", "กลับ", "ที่มา"),
    *("ถนน", "10300 ", "โทร ", "หน้า 1 ", "แชร์ 1 ", "พิมพ์เมื่อ", "ประกาศ", "ล่าสุด", "วันที่ 5 ม.ค. 2567 จำนวน 9 "),
]  # fmt: skip


def run(unit: str, length: int) -> str:
    """The unit again and again, and at last what it is not."""
    return (unit * (length // len(unit) + 1))[: length - 1] + "ฮ"


PATTERNS = {
    unit: f"<title>{run(unit, MB // 20)}</title>{BODY}<p>{run(unit, MB // 4)}</p>"
    + "".join(f"<{tag}>{run(unit, length)}</{tag}>" for tag in ("p", "h2") for length in range(20, 301, 7))
    for unit in REPEATED
}

GROUPS = {"markup": MARKUP, "boxes": BOXES, "metadata": METADATA, "text": TEXT, "patterns": PATTERNS}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for name, page in GROUPS[sys.argv[1]].items():
        print(name, flush=True)
        try:
            article(page.encode(), url="https://a.example/1", content_type=None, hints={"title": page[7:MB]})
        except NoArticle as error:
            print(error)


if __name__ == "__main__":
    main()
