"""Who is to be told when the quality changes: `[[alert]]` tables of `klangkhao.toml`, checked all at once.

The file is `./klangkhao.toml`, or the one that `--settings` names. `klangkhao alerts` lists who it tells and what waits
for them, `klangkhao alerts --test` sends each of them a test.

    [[alert]]
    id = "catalogue"
    kind = "webhook"
    url = "https://hooks.example.org/quality"      # or url_env, where the address is itself a secret
    secret_env = "KLANGKHAO_WEBHOOK_SECRET"        # whsec_ and 24 to 64 bytes in Base64

    [[alert]]
    id = "desk"
    kind = "email"
    level = "fail"                                 # warn, the default, tells of every change
    host = "smtp.example.org"
    sender = "quality@example.org"
    to = ["desk@example.org"]
    user_env = "SMTP_USER"
    password_env = "SMTP_PASSWORD"

    [[alert]]
    id = "pager"
    kind = "command"
    command = ["/usr/local/bin/page", "--stdin"]   # the event as JSON on its standard input

All keys; secrets stand in the environment alone, and the file names the variables:

    id               short name, unique
    kind             webhook, email or command
    level            the verdict from which on it is told: warn or fail; of a recovery too       (default "warn")
    timeout_seconds  for one delivery as a whole, up to 300                                          (default 10)

    url, url_env     webhook: its address, or the environment variable that holds it           (one of the two)
    secret_env       webhook: the variable with the secret to sign with                                  (needed)

    host             email: the mail server                                                              (needed)
    port             email: its port                     (default 587 with starttls, 465 with tls, 25 with none)
    security         email: starttls, tls or none                                            (default "starttls")
    sender, to       email: the address it comes from, and the list of those it goes to                  (needed)
    user_env         email: the variables with name and password; both or neither
    password_env

    command          command: the program and its arguments, started without a shell                     (needed)
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from schemas.declared import Problems, parse, read_text, shown, wrong_choice, wrong_id, wrong_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEVELS = ("warn", "fail")
SECURITY = {"starttls": 587, "tls": 465, "none": 25}  # with the port where none is named
TIMEOUT_SECONDS = 10.0
LONGEST_SECONDS = 300

_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


class SettingsError(Exception):
    """The settings can't be used; the message says where and what to do."""


class MissingSecretError(Exception):
    """A variable that the settings name is not in the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Somebody to be told, and from which verdict on."""

    id: str
    level: str = "warn"  # one of LEVELS
    timeout: float = TIMEOUT_SECONDS  # seconds for one delivery as a whole

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables without which nothing can be delivered."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Target):
    """An address that takes signed JSON."""

    url: str | None = None
    url_env: str | None = None
    secret_env: str

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(name for name in (self.url_env, self.secret_env) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(Target):
    """Mailboxes, by way of an SMTP server."""

    host: str
    port: int
    security: str = "starttls"  # one of SECURITY
    sender: str
    to: tuple[str, ...]
    user_env: str | None = None
    password_env: str | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(name for name in (self.user_env, self.password_env) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Target):
    """A program of this machine, started without a shell."""

    command: tuple[str, ...]


def load_targets(path: Path) -> list[Target]:
    """The targets that a file declares, in its order; `SettingsError` lists every problem of the file."""
    text = read_text(path, SettingsError, "Check the path, or leave --settings out to have no alerts.")
    problems = Problems(path, text, "alert")
    tables = problems.tables(parse(path, text, SettingsError))
    targets = [_target(problems, index, table) for index, table in enumerate(tables)]
    problems.raise_as(SettingsError)
    return [target for target in targets if target]


def secret(variable: str) -> str:
    """The value of an environment variable.

    Raises:
        MissingSecretError: it is not set, or empty.
    """
    value = os.environ.get(variable, "")
    if not value:
        raise MissingSecretError(f"the environment variable {variable} is not set: set it for the process that runs")
    return value


def _target(problems: Problems, index: int, table: dict[str, Any]) -> Target | None:
    known = len(problems)
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in _KEYS:
        every = {key: check for keys in _KEYS.values() for key, check in keys.items()}
        problems.keys(index, table, {**_COMMON, **every}, {"id": _EXAMPLES["id"], "kind": _EXAMPLES["kind"]})
        return None
    required = {key: _EXAMPLES[key] for key in ("id", *_REQUIRED[kind])}
    who = problems.keys(index, table, {**_COMMON, **_KEYS[kind]}, required)
    for key, wrong in _together(kind, table):
        problems.say(problems.lines.of_key(index, key), f"{who}: {wrong}")
    if len(problems) > known:
        return None
    fields = {key: value for key, value in table.items() if key not in {"kind", "timeout_seconds"}}
    if "timeout_seconds" in table:
        fields["timeout"] = float(table["timeout_seconds"])
    if kind == "webhook":
        return Webhook(**fields)
    if kind == "command":
        return Command(**{**fields, "command": tuple(fields["command"])})
    port = fields.get("port", SECURITY[fields.get("security", "starttls")])
    return Mail(**{**fields, "port": port, "to": tuple(fields["to"])})


def _together(kind: str, table: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with keys beside each other, each with the key whose line tells the place."""
    found = []
    if kind == "webhook" and ("url" in table) == ("url_env" in table):
        key = "url" if "url" in table else "kind"
        found.append((key, "give either url, or in url_env the environment variable that holds it"))
    if kind == "email" and ("user_env" in table) != ("password_env" in table):
        key = "user_env" if "user_env" in table else "password_env"
        found.append((key, "user_env and password_env go together"))
    if kind == "email" and table.get("security") == "none" and "password_env" in table:
        found.append(
            ("security", 'with security = "none" the password would be sent in the clear: use starttls or tls')
        )
    return found


def _wrong_kind(value: object) -> str | None:
    return wrong_choice(value, _KEYS, "kind")


def _wrong_level(value: object) -> str | None:
    return wrong_choice(value, LEVELS, "level")


def _wrong_security(value: object) -> str | None:
    return wrong_choice(value, SECURITY, "kind of security")


def _wrong_timeout(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LONGEST_SECONDS:
        return None
    return f"must be a number of seconds above 0 and up to {LONGEST_SECONDS}, not {shown(value)}"


def _wrong_port(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536:
        return None
    return f"must be a number from 1 to 65535, not {shown(value)}"


def _wrong_url(value: object) -> str | None:
    return wrong_text(value) or wrong_url(str(value))


def wrong_url(url: str) -> str | None:
    """What is wrong with an address; it is not repeated, since it may be a secret."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"is no address ({error})"
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or not url.isascii() or " " in url:
        return "must be an address that begins with https:// or http://"
    if parts.username or parts.password:
        return "must not hold a name or password: put the whole address into an environment variable, named by url_env"
    return None


def _wrong_host(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    plain = re.fullmatch(r"[A-Za-z0-9.:-]+", str(value))
    return None if plain else f'"{value}" must be the name or address of a mail server, without port'


def _wrong_variable(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    if _VARIABLE.fullmatch(str(value)):
        return None
    return "must be the name of an environment variable (the secret itself stands there, not here)"


def _wrong_address(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    return None if _ADDRESS.fullmatch(str(value)) else f'"{value}" must be a mail address such as "desk@example.org"'


def _wrong_addresses(value: object) -> str | None:
    if isinstance(value, list) and value:
        return next((wrong for each in value if (wrong := _wrong_address(each))), None)
    return f'must be a list of mail addresses such as ["desk@example.org"], not {shown(value)}'


def _wrong_command(value: object) -> str | None:
    if isinstance(value, list) and value and all(isinstance(part, str) and "\0" not in part for part in value):
        return None if value[0].strip() else "must name a program first"
    return f'must be a list: the program and its arguments, such as ["/usr/local/bin/page"], not {shown(value)}'


_COMMON: dict[str, Callable[[object], str | None]] = {
    "id": wrong_id,
    "kind": _wrong_kind,
    "level": _wrong_level,
    "timeout_seconds": _wrong_timeout,
}
_KEYS: dict[str, dict[str, Callable[[object], str | None]]] = {
    "webhook": {
        "url": _wrong_url,
        "url_env": _wrong_variable,
        "secret_env": _wrong_variable,
    },
    "email": {
        "host": _wrong_host,
        "port": _wrong_port,
        "security": _wrong_security,
        "sender": _wrong_address,
        "to": _wrong_addresses,
        "user_env": _wrong_variable,
        "password_env": _wrong_variable,
    },
    "command": {"command": _wrong_command},
}
_REQUIRED = {"webhook": ("secret_env",), "email": ("host", "sender", "to"), "command": ("command",)}
_EXAMPLES = {
    "id": 'give it a short name, as in id = "desk"',
    "kind": f"one of {', '.join(_KEYS)}",
    "secret_env": "the environment variable that holds the secret to sign with (whsec_ and Base64)",
    "host": "the name of the mail server",
    "sender": "the address that the mail comes from",
    "to": 'the addresses that it goes to, as in to = ["desk@example.org"]',
    "command": 'the program and its arguments, as in command = ["/usr/local/bin/page"]',
}
