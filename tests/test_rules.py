"""Every rule proves itself: its examples give their value by that rule, its rejects give nothing by it."""

from datetime import date

import pytest

from flows.extract.find import extract, rules
from schemas.values import describe

PUBLISHED = date(2024, 2, 15)
EXAMPLES = [(rule.name, text, value) for rule in rules() for text, value in rule.examples.items()]
REJECTS = [(rule.name, text) for rule in rules() for text in rule.rejects]


@pytest.mark.parametrize(("name", "text", "value"), EXAMPLES)
def test_example_gives_its_value_by_its_rule(name: str, text: str, value: str) -> None:
    mentions = extract(text, PUBLISHED).mentions
    assert (name, value) in [(m.rule, describe(m.value)) for m in mentions]


@pytest.mark.parametrize(("name", "text"), REJECTS)
def test_reject_gives_nothing_by_its_rule(name: str, text: str) -> None:
    assert name not in {m.rule for m in extract(text, PUBLISHED).mentions}


def test_rules_have_distinct_names_examples_and_rejects() -> None:
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names))
    assert all(rule.examples and rule.rejects and rule.description for rule in rules())
