"""A short form of `make bench-sources`: known entries cost conditional requests, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "bench"))

from sources import measure


def test_known_entries_cost_conditional_requests_alone(tmp_path):
    found = measure(6, 120, tmp_path)
    assert (found["new"].others, found["new"].conditional) == (132, 0)  # with robots.txt and the list of each
    assert (found["young"].others, found["young"].conditional, found["young"].landed) == (0, 132, 0)
    assert (found["old"].others, found["old"].conditional, found["old"].landed) == (0, 12, 0)
