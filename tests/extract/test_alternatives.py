"""An ambiguous reading keeps the others; a clear one has none."""

from __future__ import annotations

from datetime import date

import pytest

from flows.extract.find import extract
from schemas.values import Confidence

PUBLISHED = date(2024, 2, 15)


@pytest.mark.parametrize(
    ("text", "edtf", "others"),
    [
        ("ประชุมอีกครั้งในวันที่ 20 สิงหาคม ณ กรุงเทพฯ", "2023-08-20", ("2024",)),  # half a year away on both sides
        ("ประชุมอีกครั้งในวันที่ 20 มีนาคม ณ กรุงเทพฯ", "2024-03-20", ()),
        ("ประชุมในวันที่ 20 สิงหาคม ที่ผ่านมา", "2023-08-20", ()),  # the words say which
        ("ประชุมในวันที่ 20 สิงหาคม 2567", "2024-08-20", ()),
    ],
)
def test_a_year_that_is_nearly_as_near_is_kept(text: str, edtf: str, others: tuple[str, ...]) -> None:
    (mention,) = extract(text, PUBLISHED).mentions
    assert getattr(mention.value, "edtf", None) == edtf
    assert mention.alternatives == others
    assert not others or mention.confidence is Confidence.INFERRED
