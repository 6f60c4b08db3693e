"""The entity-relationship diagram, drawn from the models and the declared references: plain SVG, readable in the dark.

Facts stand left and right, what they refer to in the middle. Each table in the middle has a lane of its own colour
beside it; a column that refers to it is joined to that lane with a dot, as on a circuit diagram, so that forty lines
cross without a tangle.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from schemas.references import GROUPS, REFERENCES, Group
from schemas.tables import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILE: Final = Path(__file__).with_name("docs") / "er.svg"

_WIDTH: Final = 264  # of a box
_LANE: Final = 13  # between lanes
_GAP: Final = 18  # between boxes of a column
_EDGE: Final = 24
_HEAD: Final = 26
_ROW: Final = 18
_LINE: Final = 15  # of the small print
_LETTERS: Final = 37  # of the small print in a line
_SHARED_BY: Final = 4  # facts that have a column before it counts as one that facts have in common

_HUES: Final = (212, 28, 140, 330, 265, 52, 185, 2, 95, 300)
_STYLE: Final = """
.er {
  --ground: #fbfaf7; --card: #ffffff; --line: #d8d2c6; --ink: #1f2328; --soft: #5f6570; --head: #eef1f4; --tone: 42%;
}
@media (prefers-color-scheme: dark) {
  .er {
    --ground: #14171b; --card: #1b1f25; --line: #3a414b; --ink: #e6e8eb; --soft: #a0a7b1; --head: #262c34; --tone: 66%;
  }
}
.er { background: var(--ground); }
.er text { font: 12px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink); }
.er .title { font: 600 13px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: var(--soft); }
.er .name { font-weight: 700; }
.er .small { font-size: 11px; fill: var(--soft); }
.er .key { font-weight: 700; }
.er .box { fill: var(--card); stroke: var(--line); }
.er .head { fill: var(--head); }
.er .lane { fill: none; stroke-width: 1.6; }
"""


@dataclass(slots=True)
class _Box:
    """A table on the page: its rows of keys and references, and the names of its other columns in small print."""

    table: str
    x: float = 0
    y: float = 0
    keys: list[str] = field(default_factory=list)
    print: list[str] = field(default_factory=list)

    @property
    def height(self) -> float:
        return _HEAD + _ROW * len(self.keys) + (_LINE * len(self.print) + 8 if self.print else 0) + 6

    @property
    def port(self) -> float:
        """Where a lane comes in."""
        return self.y + _HEAD / 2

    def row(self, column: str) -> float:
        """The middle of a column's row."""
        return self.y + _HEAD + _ROW * (self.keys.index(column) + 0.5) + 2


def svg() -> str:
    """The whole diagram."""
    shared = _shared()
    facts = [*GROUPS[Group.FACT], *GROUPS[Group.REFERENCE]]
    star, width, height = _panel(
        "Facts, and what they refer to", GROUPS[Group.DIMENSION], facts, shared, _EDGE, frozenset({"run_id"})
    )
    records = [*GROUPS[Group.RECORD], *GROUPS[Group.PIPELINE]]
    middle = [table for table in records if any(table in to.values() for to in REFERENCES.values())]
    rest = [table for table in records if table not in middle]
    runs, _, bottom = _panel("Runs and what they leave on record", middle, rest, frozenset(), height, frozenset())
    common = wrap(f"Not repeated in each fact: {', '.join(sorted(shared))}.", 130)
    note = [
        f'<text class="small" x="{_EDGE}" y="{bottom + 16 + _LINE * at:g}">{escape(line)}</text>'
        for at, line in enumerate(common)
    ]
    whole = bottom + 16 + _LINE * len(common) + 8
    opening = (
        f'<svg class="er" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {whole:g}" '
        f'width="{width:g}" height="{whole:g}" role="img" aria-label="Entity-relationship diagram">'
    )
    return "\n".join(
        (
            opening,
            f"<style>{_STYLE}</style>",
            *star,
            *runs,
            *note,
            "</svg>",
            "",
        )
    )


def _panel(
    title: str,
    middle: Sequence[str],
    around: Sequence[str],
    shared: frozenset[str],
    top: float,
    named_only: frozenset[str],
) -> tuple[list[str], float, float]:
    """Draw one group of tables.

    Args:
        title: what it shows.
        middle: tables that others refer to.
        around: the others.
        shared: columns that the small print leaves out.
        top: where it begins.
        named_only: columns whose reference is told in words, because its table stands elsewhere.

    Returns:
        The elements, the width, and where the panel ends.
    """
    boxes = {table: _box(table, shared) for table in (*middle, *around)}
    left, right = _halves([boxes[table] for table in around])
    centre = [boxes[table] for table in middle]
    gutter = _LANE * (len(middle) + 1)
    middle_x = _EDGE + _WIDTH + gutter
    right_x = middle_x + _WIDTH + gutter
    ends = [
        _stack(left, _EDGE, top + 30),
        _stack(right, right_x, top + 30),
        _stack(centre, middle_x, top + 30 + _clear(left, centre, middle_x, top)),
    ]
    drawn = [f'<text class="title" x="{_EDGE}" y="{top + 14:g}">{escape(title)}</text>']
    for at, target in enumerate(centre):
        for side in (-1, 1):
            sources = [*left, *centre] if side < 0 else right
            joints = [
                (box, column)
                for box in sources
                for column, table in REFERENCES.get(box.table, {}).items()
                if table == target.table and box is not target and column not in named_only
            ]
            if joints:
                drawn += _lane(target, joints, side, _LANE * (at + 1), _HUES[at % len(_HUES)])
    for box in boxes.values():
        drawn += _drawn(box, {each.table: _HUES[at % len(_HUES)] for at, each in enumerate(centre)}, named_only)
    return drawn, right_x + _WIDTH + _EDGE, max(ends) + _EDGE


def _box(table: str, shared: frozenset[str]) -> _Box:
    schema = schemas()[table]
    referring = REFERENCES.get(table, {})
    keys = [column for column in schema.columns if column in (schema.unique or ()) or column in referring]
    others = [column for column in schema.columns if column not in keys and column not in shared]
    return _Box(table, keys=keys, print=wrap(" · ".join(others), _LETTERS, break_long_words=False))


def _shared() -> frozenset[str]:
    """Columns that most facts have: where a fact stands in the text, and how sure it is."""
    columns = [set(schemas()[table].columns) for table in GROUPS[Group.FACT]]
    keys = {column for table in GROUPS[Group.FACT] for column in (*REFERENCES[table], *(schemas()[table].unique or ()))}
    return frozenset(
        column for column in set.union(*columns) - keys if sum(column in each for each in columns) >= _SHARED_BY
    )


def _halves(boxes: list[_Box]) -> tuple[list[_Box], list[_Box]]:
    """The boxes in two columns of about the same height, in their order."""
    left: list[_Box] = []
    right = list(boxes)
    whole = sum(box.height for box in boxes)
    while right and sum(box.height for box in left) + right[0].height / 2 < whole / 2:
        left.append(right.pop(0))
    return left, right


def _stack(boxes: Sequence[_Box], x: float, y: float) -> float:
    for box in boxes:
        box.x, box.y = x, y
        y += box.height + _GAP
    return y


def _clear(left: Sequence[_Box], centre: Sequence[_Box], x: float, top: float) -> int:
    """How far down the middle has to move so that no line from it runs on top of one from the left."""
    distances = {}
    rows = [box.row(column) for box in left for column in _referring(box)]
    for shift in range(0, _ROW, 3):
        _stack(centre, x, top + 30 + shift)
        others = [box.row(column) for box in centre for column in _referring(box)]
        distances[shift] = min((abs(one - other) for one in rows for other in others), default=_ROW)
    return max(distances, key=lambda shift: min(distances[shift], 6))


def _referring(box: _Box) -> list[str]:
    return [column for column, table in REFERENCES.get(box.table, {}).items() if table != box.table]


def _lane(target: _Box, joints: Sequence[tuple[_Box, str]], side: int, offset: float, hue: int) -> Iterator[str]:
    """Draw the lane of a table on one side, with a joint for each column that refers to it."""
    edge = target.x if side < 0 else target.x + _WIDTH
    lane = edge + side * offset
    rows = [box.row(column) for box, column in joints]
    colour = f"hsl({hue} 62% var(--tone))"
    top, bottom = min(*rows, target.port), max(*rows, target.port)
    yield f'<g style="stroke: {colour}; fill: {colour}">'
    yield f'<path class="lane" d="M{lane:g} {top:g}V{bottom:g}M{lane:g} {target.port:g}H{edge + side * 6:g}"/>'
    yield (f'<path d="M{edge:g} {target.port:g}l{side * 7} -4v8z" stroke="none"/>')
    for (box, _), row in zip(joints, rows, strict=True):
        start = box.x + _WIDTH if side < 0 and box.x < target.x else box.x
        yield f'<path class="lane" d="M{start:g} {row:g}H{lane:g}"/>'
        yield f'<circle cx="{lane:g}" cy="{row:g}" r="3" stroke="none"/>'
    yield "</g>"


def _drawn(box: _Box, hues: dict[str, int], named_only: frozenset[str]) -> Iterator[str]:
    schema = schemas()[box.table]
    x, y = box.x, box.y
    yield f'<rect class="box" x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{box.height:g}" rx="6"/>'
    corner = "a6 6 0 0 1"
    head = f"M{x + 1:g} {y + _HEAD}v-{_HEAD - 7}{corner} 6 -6h{_WIDTH - 14}{corner} 6 6v{_HEAD - 7}z"
    yield f'<path class="head" d="{head}"/>'
    if box.table in hues:
        colour = f"fill: hsl({hues[box.table]} 62% var(--tone))"
        yield f'<rect x="{x + 10:g}" y="{y + 8:g}" width="10" height="10" rx="2" style="{colour}"/>'
    yield f'<text class="name" x="{x + (26 if box.table in hues else 10):g}" y="{y + 17:g}">{box.table}</text>'
    for column in box.keys:
        base = box.row(column) + 4
        table = REFERENCES.get(box.table, {}).get(column)
        kind = "key" if column in (schema.unique or ()) else "column"
        yield f'<text class="{kind}" x="{x + 10:g}" y="{base:g}">{column}</text>'
        if table is None:
            continue
        told = "itself" if table == box.table else table
        style = (
            f' style="fill: hsl({hues[table]} 62% var(--tone))"' if table in hues and column not in named_only else ""
        )
        yield f'<text class="small" x="{x + _WIDTH - 10:g}" y="{base:g}" text-anchor="end"{style}>→ {told}</text>'
    base = y + _HEAD + _ROW * len(box.keys) + 18
    for at, line in enumerate(box.print):
        yield f'<text class="small" x="{x + 10:g}" y="{base + _LINE * at:g}">{escape(line)}</text>'
