"""The sample releases of `seeds/releases` with all that is to be found in them.

`tests/samples/NAME.txt` holds the header that must be read, a line `---`, and the release with its facts marked in
place (see `marked`). The release itself, without marks, is `seeds/releases/NAME.txt`. To change a sample, change the
marked text and run this file: it writes the releases anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from marked import Expected, read

MARKED = Path(__file__).parent / "samples"
RELEASES = Path(__file__).parents[1] / "seeds" / "releases"
HEADER_FIELDS = ("published_on", "dateline_place", "publisher", "publisher_ref")


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample release: its text, the header it states, and every fact and numeral in it."""

    name: str
    text: str
    header: dict[str, str | None]
    expected: list[Expected]


def load(path: Path) -> Sample:
    """Read one marked sample; a missing header field is one that the release does not state."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    stated = dict(line.removeprefix("# ").split(":", 1) for line in head.splitlines())
    if unknown := set(stated) - set(HEADER_FIELDS):
        raise ValueError(f"{path.name}: unknown header fields {sorted(unknown)}; allowed: {', '.join(HEADER_FIELDS)}")
    text, expected = read(body)
    header = {name: stated.get(name, "").strip() or None for name in HEADER_FIELDS}
    header["title"] = next(line.strip() for line in text.splitlines() if line.strip())
    return Sample(path.stem, text, header, expected)


def load_all() -> list[Sample]:
    """All samples, by name."""
    return [load(path) for path in sorted(MARKED.glob("*.txt"))]


if __name__ == "__main__":
    for sample in load_all():
        (RELEASES / f"{sample.name}.txt").write_text(sample.text, encoding="utf-8")
