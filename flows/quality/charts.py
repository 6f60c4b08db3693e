"""The geometry of the small charts: figures in, points of an SVG out; the templates draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARGIN = 3.0  # the last point is a dot, and lines have a width


@dataclass(frozen=True, slots=True)
class Spark:
    """A line over the runs, oldest first: `d` is the path's data, (`x`, `y`) its last point, `area` closes it below."""

    width: int
    height: int
    d: str
    area: str
    x: float
    y: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One upright bar; `label` says what it counts, `value` how many."""

    x: float
    y: float
    width: float
    height: float
    label: object
    value: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Upright bars beside each other."""

    width: int
    height: int
    bars: tuple[Bar, ...]


def spark(
    values: Sequence[float | None], *, width: int = 96, height: int = 24, floor: float | None = None
) -> Spark | None:
    """A line through the values that are known, at even distances; None where fewer than two are.

    Args:
        values: figures, oldest first; None where a run has none.
        width: of the drawing, in its own units.
        height: of the drawing.
        floor: the value at the bottom, where it isn't the least one.
    """
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    least = min(value for _, value in known) if floor is None else floor
    most = max(value for _, value in known)
    reach = most - least
    first, last = known[0][0], known[-1][0]
    points = []
    for at, value in known:
        x = _MARGIN + (width - 2 * _MARGIN) * (at - first) / (last - first)
        height_share = (value - least) / reach if reach > 0 else 0.0 if floor is not None else 0.5
        points.append((round(x, 1), round(height - _MARGIN - (height - 2 * _MARGIN) * height_share, 1)))
    d = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    area = f"{d}L{points[-1][0]:g} {height}L{points[0][0]:g} {height}Z"
    return Spark(width, height, d, area, *points[-1], tuple(value for _, value in known))


def bars(counts: Sequence[tuple[object, int]], *, width: int = 216, height: int = 32, gap: float = 1.0) -> Bars:
    """Upright bars for labelled counts, the largest as high as the drawing; one that isn't 0 can be seen.

    Args:
        counts: label and number, in their order.
        width: of the drawing, in its own units.
        height: of the drawing.
        gap: between two bars.
    """
    most = max((number for _, number in counts), default=0)
    step = width / len(counts) if counts else 0.0
    drawn = []
    for at, (label, number) in enumerate(counts):
        high = max(height * number / most, 1.5) if number else 0.0
        drawn.append(
            Bar(
                round(at * step, 2),
                round(height - high, 2),
                round(max(step - gap, 0.5), 2),
                round(high, 2),
                label,
                number,
            )
        )
    return Bars(width, height, tuple(drawn))
