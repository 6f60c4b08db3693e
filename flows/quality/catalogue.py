"""All checks that there are: the built-in ones and those of one's own.

Those of one's own are the `.sql` files of the folder `./klangkhao-checks`, or of the one that `--checks` names. Each
run takes them up; `klangkhao checks NAME --run` tries one on the published warehouse.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

from flows.quality.checks import LOST, Check, CheckFileError, load_checks
from flows.quality.models import INVALID, model_checks

_FILES: Final = Path(str(resources.files("warehouse") / "checks"))


def built_in() -> list[Check]:
    """The checks of the warehouse, in the order of their names."""
    return sorted([*load_checks(_FILES), *model_checks()], key=lambda check: check.name)


def own(folder: str | None) -> list[Check]:
    """The checks of a folder of one's own: each `.sql` file in it; none where there is no folder.

    Raises:
        CheckFileError: the folder is not there, or a file can't be understood or has the name of a built-in check.
    """
    if folder is None:
        return []
    place = Path(folder)
    if not place.is_dir():
        raise CheckFileError(f"{place}: there is no such folder of checks. Make it, or leave --checks out.")
    taken = {INVALID, LOST, *(file.stem for file in _FILES.glob("*.sql"))}
    found = load_checks(place)
    for check in found:
        if check.rule in taken:
            raise CheckFileError(f"{check.file}: klangkhao has a check of the name {check.rule}. Rename the file.")
    return found


def every(folder: str | None = None) -> list[Check]:
    """The built-in checks and those of a folder of one's own.

    Raises:
        CheckFileError: as `own`.
    """
    return [*built_in(), *own(folder)]
