"""Defects planted in the warehouse of a corpus, and how long its audit, its report and a release's page take.

    python tests/bench/faults_planted.py [CORPUS | WAREHOUSE.duckdb]

CORPUS is a folder or zip of releases; without it KLANGKHAO_CORPUS names one. From it a warehouse is made by the console
command; one that was made before can be named in its place. The untouched warehouse must raise no failure; what it
warns of is printed, and what of that is not known as a defect of the corpus counts as a false alarm. Then every defect
of `tests/quality/defects.py` is planted in a copy and must be found by its check.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))

from defects import FAULTS, collected_daily
from planting import alarms, audit, plant_all

from flows import page
from flows.quality import html
from flows.quality.checks import CheckResult, Verdict
from flows.quality.summary import Summary
from warehouse.connect import connect
from warehouse.paths import Paths

ROOT = Path(__file__).parents[2]
AUDIT_SECONDS, REPORT_SECONDS, REPORT_BYTES, PAGE_SECONDS = 20.0, 10.0, 2_000_000, 0.3
PAGES = 15
# What is wrong with the corpus of the Thai government's news, or with our reading of it, and is known.
KNOWN = {
    "published_on_epoch": "headers that say 1 มกราคม 2513",
    "amount_words_differ": "an amount whose words and digits differ",
    "volume_dropped": "no release of 5 September 2024, a Thursday, nor of the Friday after it",
    "money_implausible": "amounts beyond what can be, as written or read",
    "rate_missing": "currencies without any rate (TWD), and COP read from the name of the climate conference",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path, default=os.environ.get("KLANGKHAO_CORPUS"))
    args = parser.parse_args()
    if args.corpus is None or not Path(args.corpus).exists():
        print(f"skipped: there is no corpus at {args.corpus}; name one, or set KLANGKHAO_CORPUS")
        return 0
    with tempfile.TemporaryDirectory(prefix="klangkhao-faults-") as folder:
        return bench(Path(args.corpus), Path(folder))


def bench(corpus: Path, folder: Path) -> int:
    snapshot = corpus if corpus.suffix == ".duckdb" else made(corpus, folder)
    file = folder / "planted.duckdb"
    shutil.copyfile(snapshot, file)
    with closing(connect(file)) as con:
        con.execute("delete from quality_result")  # what was proven before would not be looked at again
        began = perf_counter()
        untouched = audit(con)
        audited = perf_counter() - began
        print(f"audit: {len(untouched)} checks in {audited:.1f} s (at most {AUDIT_SECONDS:.0f})")
        false = told(untouched)
        collected_daily(con)
        daily = audit(con)
        print("collected day by day:")
        false += told(daily, known=untouched)
        found = 0
        for outcome in plant_all(con, daily):
            found += outcome.wrong is None
            if outcome.wrong:
                print(f"  not found: {outcome.fault.of}, {outcome.fault.what}: {outcome.wrong}")
    failing = [name for results in (untouched, daily) for name, each in results.items() if each.verdict is Verdict.FAIL]
    print(
        f"{found} of {len(FAULTS)} planted defects found, {false} false alarms, {len(failing)} failures of the untouched"
    )
    named = untouched["published_on_epoch"].failing > 0
    print(f"the dates of 1970 are {'named' if named else 'NOT named'}")
    quick = measured(snapshot) and audited <= AUDIT_SECONDS
    return int(found < len(FAULTS) or bool(failing) or not named or not quick)


def made(corpus: Path, folder: Path) -> Path:
    """The warehouse of a corpus."""
    snapshot = folder / "corpus.duckdb"
    environment = {**os.environ, "PREFECT_HOME": str(folder / "prefect"), "PYTHONPATH": str(ROOT)}
    environment.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "flows.cli", "run", str(corpus), "--warehouse", str(snapshot)]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    return snapshot


def told(results: dict[str, CheckResult], known: dict[str, CheckResult] | None = None) -> int:
    """Print the alarms that were not there before; how many of them are false."""
    false = 0
    for each in alarms(results):
        name = each.check.name
        if known is not None and known[name].failing == each.failing:
            continue
        why = KNOWN.get(each.check.rule)
        false += why is None
        print(f"  {each.verdict} {name}: {each.failing:,} of {each.total:,}, {why or 'a FALSE ALARM'}")
        for row in each.rows[:2] if why is None else ():
            print(f"      {row}")
    return false


def measured(snapshot: Path) -> bool:
    """Print how long the report and pages of releases take; tell whether they keep to the limits."""
    paths = Paths(snapshot)
    numbers = (paths.reports / "latest.json").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, closing(connect(snapshot, read_only=True)) as con:
        began = perf_counter()
        written = html.write(con, Path(folder), Summary.from_json(numbers))
        took, size = perf_counter() - began, written.stat().st_size
        releases = con.execute(
            f"select release_id from dim_release where is_current order by hash(release_id) limit {PAGES}"
        ).fetchall()
        times = []
        for (release,) in releases:
            began = perf_counter()
            with redirect_stdout(StringIO()):
                page.show(snapshot, release, to=Path(folder) / f"{release}.html", open_it=False)
            times.append(perf_counter() - began)
    print(
        f"report: {took:.1f} s (at most {REPORT_SECONDS:.0f}), {size / 1e6:.2f} MB (at most {REPORT_BYTES / 1e6:.0f}); "
        f"release page: {median(times):.3f} s, at most {max(times[1:]):.3f} s (at most {PAGE_SECONDS})"
    )
    return took <= REPORT_SECONDS and size <= REPORT_BYTES and median(times) <= PAGE_SECONDS


if __name__ == "__main__":
    sys.exit(main())
