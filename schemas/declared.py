"""Declarations in TOML: tables `[[name]]` whose keys are all known and checked, each problem told with its line."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


def read_text(path: Path, error: type[Exception], remedy: str) -> str:
    """The text of a declaration; what can't be read is raised as `error`, with the remedy for a missing file."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise error(f"{path} does not exist. {remedy}") from None
    except OSError as problem:
        raise error(f"{path} can't be read: {problem.strerror}. Make it a readable file and run again.") from None
    except UnicodeDecodeError as problem:
        raise error(f"{path} is not UTF-8 at byte offset {problem.start}. Save it as UTF-8.") from None


def parse(path: Path, text: str, error: type[Exception]) -> dict[str, Any]:
    """The declaration as TOML has it."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise error(f"{path} is not valid TOML: {problem}. Correct it there and run again.") from None


class Lines:
    """Line numbers of the tables and keys of a file, which tomllib does not tell."""

    _KEY = re.compile(r"""\s*(["']?)([\w-]+)\1\s*=|\s*\[{1,2}\s*(["']?)([\w-]+)\3\s*\]""")

    def __init__(self, text: str, table: str) -> None:
        header = re.compile(rf"""\s*\[\[\s*(["']?){table}\1\s*\]\]""")
        self.tables: list[int] = []
        self._keys: list[dict[str, int]] = [{}]  # before the first table, then one for each
        for number, line in enumerate(text.splitlines(), start=1):
            if header.match(line):
                self.tables.append(number)
                self._keys.append({})
            elif match := self._KEY.match(line):
                self._keys[-1].setdefault(match[2] or match[4], number)

    def of_table(self, index: int) -> int | None:
        return self.tables[index] if index < len(self.tables) else None

    def of_key(self, index: int, key: str) -> int | None:
        return self._keys[index + 1].get(key, self.tables[index]) if index < len(self.tables) else None

    def of_top(self, key: str) -> int | None:
        return next((keys[key] for keys in self._keys if key in keys), None)


class Problems:
    """Everything that is wrong with a declaration, told at once in the order of its lines."""

    def __init__(self, path: Path, text: str, table: str) -> None:
        self.lines = Lines(text, table)
        self._path = path
        self._table = table
        self._found: list[tuple[int, str]] = []  # by line, 0 where it is not known
        self._first: dict[str, int] = {}  # id → table index

    def __len__(self) -> int:
        return len(self._found)

    def say(self, line: int | None, problem: str) -> None:
        self._found.append((line or 0, f"line {line}: {problem}" if line else problem))

    def tables(self, declared: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The declared tables, and nothing else at the top."""
        name = self._table
        for key in declared.keys() - {name}:
            hint = did_you_mean(key, [name]) or f"; each {name} is a table [[{name}]]"
            self.say(self.lines.of_top(key), f'unknown key "{key}"{hint}')
        tables = declared.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            line = self.lines.of_top(name)
            self.say(line, f"{name} must be a table of its own: write [[{name}]], not [{name}]")
            return []
        return tables

    def keys(
        self,
        index: int,
        table: Mapping[str, Any],
        known: Mapping[str, Callable[[object], str | None]],
        required: Mapping[str, str],
    ) -> str:
        """Check the keys and values of a table, and that its id is its own; return what to call it in a message.

        Args:
            index: the table's number, from 0.
            table: what is declared in it.
            known: the keys that there are, each with its check.
            required: the keys that must be there, each with an example.
        """
        named = table.get("id")
        who = f'{self._table} "{named}"' if isinstance(named, str) and named else f"{self._table} number {index + 1}"
        for key, value in table.items():
            line = self.lines.of_key(index, key)
            if key not in known:
                self.say(line, f'{who}: unknown key "{key}"{did_you_mean(key, known) or allowed(known)}')
            elif wrong := known[key](value):
                self.say(line, f"{who}: {key} {wrong}")
        for key, example in required.items():
            if key not in table:
                self.say(self.lines.of_table(index), f"{who}: {key} is missing: {example}")
        if isinstance(named, str) and (first := self._first.setdefault(named, index)) != index:
            where = self.lines.of_table(first)
            before = f"the one at line {where}" if where else f"number {first + 1}"
            self.say(self.lines.of_key(index, "id"), f"{who}: id is taken by {before}; ids must differ")
        return who

    def raise_as(self, error: type[Exception]) -> None:
        """Raise all of them in one message, if there are any."""
        if not self._found:
            return
        count = "1 problem" if len(self._found) == 1 else f"{len(self._found)} problems"
        listed = "".join(f"\n  {problem}" for _, problem in sorted(self._found))
        raise error(f"{self._path} has {count}; correct the file and run again:{listed}")


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    by_lower = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f'; did you mean "{by_lower[close[0]]}"?' if close else ""


def allowed(choices: Iterable[str]) -> str:
    return f"; allowed: {', '.join(choices)}"


def shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def wrong_text(value: object) -> str | None:
    if not isinstance(value, str):
        return f"must be a text in quotation marks, not {shown(value)}"
    return None if value.strip() else "must not be empty"


_ID = re.compile(r"[A-Za-z0-9ก-๙][A-Za-z0-9ก-๙._-]*")


def wrong_id(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    if _ID.fullmatch(str(value)):
        return None
    return f'"{value}" must consist of letters, digits, ".", "_" and "-", and start with a letter or digit'


def wrong_choice(value: object, choices: Iterable[str], what: str) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    named = list(choices)
    return None if value in named else f'"{value}" is no {what}{did_you_mean(str(value), named) or allowed(named)}'


def wrong_bool(value: object) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {shown(value)}"
