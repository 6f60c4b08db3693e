"""The worked examples of CONTRIBUTING.md do what it says: a new word is one CSV row, a new form is one rule."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from flows.extract import ordinals, reasons, rule
from flows.extract.find import rules
from schemas.values import Role

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
PROBE = """
from flows.extract.find import extract
print([(m.surface, m.value.unit) for m in extract("ปล่อย 300 โคมลอยยักษ์ขึ้นฟ้า").mentions if m.rule == "count.classifier"])
"""


def block(language: str, holding: str) -> str:
    """The fenced block of a language that holds a word."""
    blocks = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return next(found for found in blocks if holding in found)


def counted(seeds: Path) -> str:
    """What a fresh interpreter counts with the vocabulary of `seeds`."""
    path = os.pathsep.join([str(seeds), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        capture_output=True, text=True, check=True, cwd=seeds, env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
    )  # fmt: skip
    return done.stdout.strip()


def test_the_new_word_is_counted_after_its_one_row(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("__pycache__", "releases"))
    assert counted(tmp_path) == "[]"
    with (tmp_path / "seeds" / "classifiers.csv").open("a", encoding="utf8") as table:
        table.write(block("csv", "โคมลอยยักษ์"))
    assert counted(tmp_path) == "[('300 โคมลอยยักษ์', 'โคมลอยยักษ์')]"


def test_the_new_rule_is_the_one_that_the_extractor_has() -> None:
    names = {"Rule": rule.Rule, "Role": Role, "re": re, "just": reasons.just}
    written = eval(block("python", "ordinal.english"), names)
    real = next(r for r in rules() if r.name == written.name)
    assert real in ordinals.RULES
    for field in ("role", "description", "pattern", "examples", "rejects", "words", "trigger"):
        assert getattr(written, field) == getattr(real, field), field
