"""The marts as they stood at the end of a day in Bangkok: `money_asof('2024-03-15')` beside `money`.

Each is the mart's own SQL over the releases that were valid then, as a table macro in the database: any DuckDB that
opens the snapshot can ask it, and it can't drift from its mart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE: Final = "current_release"
_NOW: Final = "where dim_release.is_current"
# Points in time are kept in UTC; a day ends where the releases are read, at 17:00 UTC: Bangkok has no summer time.
_END: Final = "known_on::date + interval 1 day - interval 7 hour"
_THEN: Final = f"""where
    dim_release.valid_from < {_END}
    and (dim_release.valid_to is null or dim_release.valid_to >= {_END})"""


def name_of(mart: str) -> str:
    """The name of a mart's as-of form."""
    return f"{mart}_asof"


def macros(marts: Mapping[str, str]) -> dict[str, str]:
    """The SQL of the as-of form of each mart that is about current releases, by its name, in the order of the marts.

    Args:
        marts: SQL of the views by name, those that others build on first.
    """
    found: dict[str, str] = {}
    for mart, sql in marts.items():
        # The mart itself, without the comments on it.
        made, _, _ = sql.partition("\ncomment on ")
        if mart == BASE:
            assert _NOW in made
            body = made.replace(_NOW, _THEN)
        else:
            body = _over(made, [other for other in marts if name_of(other) in found])
        if body == made:
            continue
        head = f"create view {mart} as"
        assert head in body
        asked = f"{name_of(mart)}(date ''2024-03-15'')"
        about = f"The mart {mart} as it stood at the end of a day in Bangkok (17:00 UTC): {asked}."
        found[name_of(mart)] = (
            f"{body.replace(head, f'create macro {name_of(mart)}(known_on) as table', 1)}\n"
            f"comment on macro table {name_of(mart)} is '{about}';"
        )
    return found


def _over(sql: str, marts: list[str]) -> str:
    """SQL that reads the as-of forms of marts in place of the marts."""
    for mart in marts:
        call = rf"\1 {name_of(mart)}(known_on)"
        sql = re.sub(rf"\b(from|join)\s+{mart}\b(?!\s+as\b)", f"{call} as {mart}", sql)
        sql = re.sub(rf"\b(from|join)\s+{mart}\b(?=\s+as\b)", call, sql)
    return sql
