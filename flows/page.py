"""The page of one release: which one is meant, where its page is written, and opening it."""

from __future__ import annotations

import re
import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from flows.complaints import RunError, UsageError
from flows.quality import pages
from flows.quality.evidence import fragment, page_name
from flows.quality.html import LATEST
from flows.quality.summary import rows
from flows.quality.templating import replace_file
from warehouse.paths import Paths
from warehouse.reading import reading

if TYPE_CHECKING:
    import duckdb

SUGGESTED: Final = 8
_SPAN = re.compile(r"#char=(?P<start>\d{1,9}),(?P<end>\d{1,9})\Z")
_NAME = re.compile(r"(?:klangkhao://)?(?P<id>r[0-9a-f]{16})(?:/(?P<revision>\d{1,9}))?/?\Z")
_KEY = re.compile(r"\d{1,19}\Z")
_HIGHEST_KEY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Meant:
    """The revision of a release that is meant, and the place in it, if one is: code points, the end exclusive."""

    release_key: int
    release_id: str
    revision: int
    span: tuple[int, int] | None = None


def show(warehouse: Path, asked: str, *, to: Path | None, open_it: bool) -> None:
    """Write the page of a release, print where it is, and open it if asked to.

    Args:
        warehouse: the published warehouse.
        asked: a fact_uri or an id of a release, with or without revision and place; a release_key; a source_uri, or
            the end of one, such as a file's name.
        to: the file to write; by default one among the reports.
        open_it: whether to open it in the browser.

    Raises:
        UsageError: no release is meant by that, or several are; the message names those that may be.
        RunError: there is no browser to open it.
        WarehouseError: the warehouse can't be opened.
    """
    paths = Paths(warehouse)
    with reading(paths.snapshot) as con:
        meant = find(con, asked)
        file = paths.reports / pages.FOLDER / page_name(meant.release_id, meant.revision) if to is None else to
        if file.is_dir():
            raise UsageError(f"{file}: this is a folder. Name a file with --to.")
        home = f"../{LATEST}.html" if to is None and (paths.reports / f"{LATEST}.html").exists() else None
        (release,) = pages.read(con, [meant.release_key])
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, pages.page(release, home=home))
    place = fragment(*meant.span) if meant.span else ""
    sys.stdout.write(f"{file.absolute()}{place}\n")
    if open_it and not webbrowser.open(file.absolute().as_uri() + place):
        raise RunError(f"No browser could be started here. Open {file.absolute()} yourself.")


def find(con: duckdb.DuckDBPyConnection, asked: str) -> Meant:
    """Find the release that is meant; arguments and errors as of `show`."""
    asked = _unquoted(asked.strip())
    span = _SPAN.search(asked)
    name = asked[: span.start()] if span else asked
    if span is None and _is_of_a_place(asked):
        raise UsageError(
            f"{asked}: what stands after # is no place in a text. A place is as in #char=120,135: where it begins and "
            "where it ends, in code points. Leave it away to see the whole release."
        )
    if (named := _NAME.match(name.lower())) is not None:
        revision = int(named["revision"]) if named["revision"] else None
        meant = _revision(con, asked, release_id=named["id"], revision=revision)
    elif _KEY.match(name) and int(name) <= _HIGHEST_KEY and (known := _revisions(con, "", int(name))):
        meant = known[0]
    else:
        meant = _by_address(con, name)
    if span is None:
        return Meant(meant["release_key"], meant["release_id"], meant["revision"])
    start, end = int(span["start"]), int(span["end"])
    if not start < end <= _letters(con, meant["release_key"]):
        raise UsageError(
            f"{asked}: the text of {meant['release_id']}/{meant['revision']} has no place {start},{end}; it has "
            f"{_letters(con, meant['release_key']):,} code points. Leave the part after # away to see all of it."
        )
    return Meant(meant["release_key"], meant["release_id"], meant["revision"], (start, end))


def _unquoted(asked: str) -> str:
    """What stands between quotes, which CSV puts around an address with a comma."""
    return asked[1:-1] if len(asked) > 1 and asked[0] == asked[-1] and asked[0] in "\"'" else asked


def _is_of_a_place(asked: str) -> bool:
    """Whether it is an address of ours that goes on after a #, or says outright that it means a place."""
    name, hash_sign, place = asked.partition("#")
    return bool(hash_sign) and (place.startswith("char=") or _NAME.match(name.lower()) is not None)


def _revisions(con: duckdb.DuckDBPyConnection, release_id: str, release_key: int) -> list[dict[str, Any]]:
    return rows(con, "revisions", release_id=release_id, release_key=release_key)


def _letters(con: duckdb.DuckDBPyConnection, release_key: int) -> int:
    return int(_revisions(con, "", release_key)[0]["char_count"])


def _revision(con: duckdb.DuckDBPyConnection, asked: str, *, release_id: str, revision: int | None) -> dict[str, Any]:
    """The revision of a release: the one that stands now, else the last, where none is named."""
    known = _revisions(con, release_id, -1)
    if not known:
        raise UsageError(f"{asked}: no release {release_id} is in this warehouse. {_suggestions(con, release_id)}")
    found = [row for row in known if revision in (None, row["revision"])]
    if not found:
        numbers = ", ".join(str(number) for number in sorted(row["revision"] for row in known))
        raise UsageError(f"{asked}: {release_id} has no revision {revision}; it has {numbers}.")
    return found[0]


def _by_address(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The only release whose address is that, else the only one whose address ends so."""
    local = Path(name).absolute().as_uri() if name and Path(name).is_file() else name
    for wanted in dict.fromkeys((local, name)):
        found = rows(con, "find_release", asked=unquote(wanted), top=SUGGESTED) if wanted else []
        alike = [row for row in found if row["is_whole"] == found[0]["is_whole"]]
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise UsageError(
                f"{name}: {alike[0]['alike']:,} releases are called so. Name one by its id or whole address:\n"
                f"{_listed(alike)}"
            )
    raise UsageError(f"{name}: no release of this warehouse is called so. {_suggestions(con, name)}")


def _suggestions(con: duckdb.DuckDBPyConnection, name: str) -> str:
    found = rows(con, "suggest_release", asked=unquote(name), top=SUGGESTED) if name else []
    if not found:
        return '`klangkhao sql "select release_id, published_on, title, source_uri from releases"` lists them.'
    return f"These come near:\n{_listed(found)}"


def _listed(found: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"  {row['release_id']}  {row['published_on'] or 'no date   '}  {row['title'][:60]}  ({row['source_uri']})"
        for row in found
    )
