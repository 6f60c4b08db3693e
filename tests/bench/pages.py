"""Times and sizes of the report and of release pages of a warehouse: `python tests/bench/pages.py NEWS.duckdb`.

The report is written anew from the numbers that the last run left; a page beyond the start of its process.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from flows import page
from flows.quality import html, pages
from flows.quality.summary import Summary
from warehouse.connect import connect
from warehouse.paths import Paths

SHOWN = 25


def main(warehouse: Path) -> None:
    paths = Paths(warehouse)
    numbers = (paths.reports / "latest.json").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, closing(connect(warehouse, read_only=True)) as con:
        reports = Path(folder)
        began = perf_counter()
        written = html.write(con, reports, Summary.from_json(numbers))
        took = perf_counter() - began
        of_releases = [file.stat().st_size for file in (reports / pages.FOLDER).iterdir()]
        print(f"report: {took:.2f} s, {written.stat().st_size / 1e6:.2f} MB, and {len(of_releases)} pages in that time")
        asked = con.execute(
            f"select release_id from dim_release where is_current order by hash(release_id) limit {SHOWN}"
        ).fetchall()
        longest = con.execute("select release_id from dim_release order by char_count desc limit 1").fetchone()
    with tempfile.TemporaryDirectory() as folder:
        times = []
        for (release,) in [*asked, longest]:
            began = perf_counter()
            page.show(warehouse, release, to=Path(folder) / f"{release}.html", open_it=False)
            times.append(perf_counter() - began)
        print(
            f"release page: first {times[0]:.3f} s, then {median(times[1:-1]):.3f} s, at most {max(times[1:-1]):.3f} s; "
            f"of the longest text {times[-1]:.3f} s, {(Path(folder) / f'{longest[0]}.html').stat().st_size / 1e6:.1f} MB"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
