"""Pages read in a second on one core, and memory: the made-up pages of the tests, padded with menus, scripts and teasers.

Run: `make bench-articles`, or `python tests/bench/articles.py --seconds 3 --kilobytes 50`.
"""

from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1] / "acquire"))

from made_pages import MadePage, made_pages

from flows.acquire.article import article

MENU = (
    '<li class="menu-item menu-item-{0}"><a href="/cat/{0}?a=1&amp;b=2" class="nav-link"><i></i>หมวดข่าวที่ {0}</a></li>'
)
SCRIPT = 'var a={"k":[1,2,3],"f":function(){return 1<2}};'
CARD = '<div class="card"><a href="/n/{0}"><img src="/{0}.jpg" alt=""><h4>ข่าวอื่นลำดับที่ {0} เรื่องยาวพอสมควร</h4></a><i>{0} ชม.</i></div>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--kilobytes", type=int, default=50)
    arguments = parser.parse_args()
    pages = [page for page in made_pages() if "error" not in page.expected and "encoding" not in page.expected]
    padded = [(page, with_padding(page, arguments.kilobytes * 1000)) for page in pages]
    read, started = 0, process_time()
    while process_time() - started < arguments.seconds:
        for page, raw in padded:
            article(raw, url=page.url, content_type=page.content_type, hints=page.expected.get("hints"))
        read += len(padded)
    seconds = process_time() - started
    size = sum(len(raw) for _, raw in padded) / len(padded) / 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(
        f"{len(padded)} pages of {size:.0f} kB on average: {read / seconds:.0f} a second on one core, peak {peak:.0f} MB"
    )


def with_padding(page: MadePage, size: int) -> bytes:
    """The page with a third of the padding each in a menu before the text, a script, and other news after it."""
    text = page.raw.decode()
    third = max(0, size - len(page.raw)) // 3
    menu = "".join(map(MENU.format, range(third // len(MENU.encode()))))
    cards = "".join(map(CARD.format, range(third // len(CARD.encode()))))
    body = text.find(">", text.lower().find("<body")) + 1
    before = f"<nav><ul>{menu}</ul></nav><script>{SCRIPT * (third // len(SCRIPT))}</script>"
    return f'{text[:body]}{before}{text[body:]}<div class="related">{cards}</div>'.encode()


if __name__ == "__main__":
    main()
