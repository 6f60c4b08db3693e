"""The words of the pages, each in English and Thai: both stand in a page, and it shows the one that its reader chose.

`texts/*.toml` hold them: one table a text, with `en` and `th`. Where an English text has a singular and a plural, they
are parted by `|` and chosen by the value `n`; Thai has one form.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from typing import Any, Final

from markupsafe import Markup

BANGKOK: Final = timezone(timedelta(hours=7), "ICT")
_BUDDHIST_ERA: Final = 543
_MONTHS: Final = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages, safe to stand in a page."""

    en: Markup
    th: Markup

    def __html__(self) -> str:
        if self.en == self.th:
            return self.en
        return f'<span class="t" lang="en">{self.en}</span><span class="t" lang="th">{self.th}</span>'


def both(name: str, **values: object) -> Both:
    """The text of a name with its values filled in; what they hold is escaped, a value in both languages fits each.

    Raises:
        KeyError: there is no such text.
    """
    return _filled_in(name, values) if values else _plain(name)


@cache
def _plain(name: str) -> Both:
    return _filled_in(name, {})


def _filled_in(name: str, values: dict[str, Any]) -> Both:
    text = _texts("pages")[name]
    one, _, many = text["en"].partition("|")
    english = many if many and values.get("n") not in (1, "1") else one
    return Both(_filled(english, "en", values), _filled(text["th"], "th", values))


def _filled(text: str, language: str, values: dict[str, Any]) -> Markup:
    chosen = {name: getattr(value, language) if isinstance(value, Both) else value for name, value in values.items()}
    return Markup(text).format(**chosen)  # noqa: S704 - the texts are ours; Markup escapes the values


def names() -> frozenset[str]:
    """The names of all texts."""
    return frozenset(_texts("pages"))


@cache
def _texts(file: str) -> dict[str, dict[str, str]]:
    text = (resources.files("flows.quality") / "texts" / f"{file}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def check_texts() -> dict[str, dict[str, str]]:
    """What the pages say of each built-in check, by its name: `en` and `th` name it, then its Thai why and remedy."""
    return _texts("checks")


def check_name(check: str) -> Both:
    """The name of a check for people; one that has none in the texts is named by its own words."""
    stem = check.partition(":")[0]
    known = check_texts().get(stem)
    if known:
        return Both(Markup.escape(known["en"]), Markup.escape(known["th"]))
    return same(stem.replace("_", " "))


def check_why(check: str, why: str) -> Both:
    """Why a check matters; in Thai as far as it has been put into Thai."""
    return _explained(check, "why_th", why)


def check_remedy(check: str, remedy: str) -> Both:
    """What to do about a check; in Thai as far as it has been put into Thai."""
    return _explained(check, "remedy_th", remedy)


def _explained(check: str, key: str, english: str) -> Both:
    thai = check_texts().get(check.partition(":")[0], {}).get(key, english)
    return Both(code(english), code(thai))


def code(text: str) -> Markup:
    """Text with what stands between backticks set as code."""
    return Markup().join(
        Markup("<code>{}</code>").format(piece) if at % 2 else piece
        for at, piece in enumerate(re.split(r"`([^`]*)`", text))
    )


def same(text: object) -> Both:
    """A text that is the same in both languages."""
    return Both(Markup.escape(text), Markup.escape(text))


def setting(value: object) -> Both:
    """What a run was asked to do: yes or no, a list with commas, a dash where nothing was said."""
    if isinstance(value, bool):
        return both("yes" if value else "no")
    listed = [each for each in (value if isinstance(value, list | tuple) else [value]) if each not in (None, "")]
    shown = Markup(", ").join(Markup("<code>{}</code>").format(each) for each in listed)
    return same(shown or "–")


def day(value: date | str | None) -> Both:
    """A day: `2024-03-15`, and in Thai `15 มี.ค. 2567`; a dash where there is none."""
    if value is None:
        return same("–")
    given = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    thai = f"{given.day} {_MONTHS[given.month - 1]} {given.year + _BUDDHIST_ERA}"
    return Both(Markup.escape(f"{given:%Y-%m-%d}"), Markup.escape(thai))


def when(value: datetime | str) -> Both:
    """An instant (UTC) in the time of Thailand, to the minute."""
    given = datetime.fromisoformat(value) if isinstance(value, str) else value
    here = given.replace(tzinfo=UTC).astimezone(BANGKOK)
    on = day(here.date())
    return Both(Markup(f"{on.en} {here:%H:%M} ICT"), Markup(f"{on.th} {here:%H:%M} น."))  # noqa: S704 - our own digits


def month(value: date) -> Both:
    """A month: `2024-03`, and in Thai `มี.ค. 2567`."""
    thai = f"{_MONTHS[value.month - 1]} {value.year + _BUDDHIST_ERA}"
    return Both(Markup.escape(f"{value:%Y-%m}"), Markup.escape(thai))


def seconds(value: float) -> Both:
    """A time that passed."""
    if value < 120:
        return both("seconds", value=f"{value:.1f}")
    return both("minutes", value=f"{value / 60:.1f}")


def percent(share: float | None) -> str:
    """Write a share: 100 % and 0 % only where they are exact."""
    if share is None:
        return "–"
    if share in (0, 1):
        return f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    shown = f"{100 * share:.2f}"
    if shown == "0.00":
        return "<\N{NO-BREAK SPACE}0.01\N{NO-BREAK SPACE}%"
    return ">\N{NO-BREAK SPACE}99.99\N{NO-BREAK SPACE}%" if shown == "100.00" else f"{shown}\N{NO-BREAK SPACE}%"


def count(number: int | None) -> str:
    """Write a whole number in groups of three."""
    return "–" if number is None else f"{number:,}"
