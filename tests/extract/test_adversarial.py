"""No text may make the extraction fail or hang; how time grows is measured by `make fuzz`, not asserted here."""

import pytest
from adversarial import UNITS, text

from flows.extract.find import extract


@pytest.mark.parametrize("name", UNITS)
def test_a_repeated_unit_is_read_to_its_end(name: str) -> None:
    body = text(UNITS[name], 20_000)
    digits = sum(char in "0123456789๐๑๒๓๔๕๖๗๘๙" for char in body)
    ledger = extract(body).ledger
    assert sum(char in "0123456789๐๑๒๓๔๕๖๗๘๙" for entry in ledger for char in entry.surface) == digits
