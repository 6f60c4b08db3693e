"""Thai public holidays out of the library `holidays`: `python tests/seeds/holidays_seed.py` writes seeds/holidays.csv anew.

The library says of itself that it is exact for 1997 to 2025; the years after follow the gazette and are not seeded.
"""

from __future__ import annotations

import csv
from pathlib import Path

from holidays import country_holidays

FIRST_YEAR, LAST_YEAR = 1997, 2025
FILE = Path(__file__).resolve().parents[2] / "seeds" / "holidays.csv"
HEADER = ("date", "name_th", "name_en")


def rows() -> list[tuple[str, str, str]]:
    """Day, Thai name and English name of every public holiday of the years, days in lieu included."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    thai, english = (country_holidays("TH", years=years, language=name) for name in ("th", "en_US"))
    return [(day.isoformat(), thai[day], english[day]) for day in sorted(thai)]


if __name__ == "__main__":
    with FILE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows())
