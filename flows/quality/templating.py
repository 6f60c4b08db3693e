"""How pages are made: templates, the styles and scripts that go into each, and what keeps a page to itself.

A page is one file. Its content security policy lets it load nothing and run no script but its own, whose hash it names:
whatever stands in a release, nothing is fetched and nothing of it runs.
"""

from __future__ import annotations

import base64
import hashlib
import os
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from markupsafe import Markup

from flows.quality import texts

if TYPE_CHECKING:
    from pathlib import Path

    import jinja2


class Page(StrEnum):
    """The kinds of pages, each by its template."""

    REPORT = "report.html.j2"
    RUNS = "runs.html.j2"
    RELEASE = "release.html.j2"


_SCRIPTS: Final = {
    Page.REPORT: ("page.js", "checks.js"),
    Page.RUNS: ("page.js",),
    Page.RELEASE: ("page.js", "release.js"),
}


def render(page: Page, **values: object) -> str:
    """Fill in the template of a page."""
    script = "".join(_file(name) for name in _SCRIPTS[page])
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template(page.value)
        .render(
            style=Markup(_file("page.css")),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own files
            script_digest=digest,
            **values,
        )
    )


def replace_file(file: Path, text: str) -> None:
    """Write a file in one step: a reader sees the old page or the new one."""
    partial = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def short_uri(uri: str) -> str:
    """The end of an address, which tells one document from the next: of a member of an archive its whole path."""
    if "!/" in uri:
        return unquote(uri.rpartition("!/")[2])
    parts = unquote(uri).split("/")
    return "/".join(parts[-2:]) if len(parts) > 4 else unquote(uri)


@cache
def _file(name: str) -> str:
    return (resources.files("flows.quality") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_file),
    )
    environment.filters.update(
        percent=texts.percent,
        count=texts.count,
        seconds=texts.seconds,
        when=texts.when,
        day=texts.day,
        month=texts.month,
        short_uri=short_uri,
        check_name=texts.check_name,
        setting=texts.setting,
        words=_words,
    )
    environment.globals.update(
        T=texts.both,
        check_why=texts.check_why,
        check_remedy=texts.check_remedy,
        percent=texts.percent,
        seconds=texts.seconds,
    )
    return environment


def _words(name: Any) -> str:
    return str(name).replace("_", " ")
