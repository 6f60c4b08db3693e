"""Kill -9 at random moments, then run again: the same warehouse. KLANGKHAO_TRIALS sets how many times."""

from __future__ import annotations

import os

from kill_trials import trials


def test_a_load_that_is_killed_and_run_again_gives_the_undisturbed_warehouse():
    killed, _, _ = trials(int(os.environ.get("KLANGKHAO_TRIALS", "4")))
    assert killed
