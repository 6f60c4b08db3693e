"""How the tables hang together, declared once: what kind each one is, and which column points to which table.

The ER diagram, the data package and the data contracts are generated from this; a test holds that every declared
reference resolves in a loaded warehouse, and that no column named as a key is left out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Group(StrEnum):
    """What a table is for, which decides where it stands in the diagram and whether an export takes it along."""

    FACT = "fact"
    DIMENSION = "dimension"
    REFERENCE = "reference"
    RECORD = "record"
    PIPELINE = "pipeline"


GROUPS: Final[dict[Group, tuple[str, ...]]] = {
    Group.FACT: (
        "fact_date",
        "fact_money",
        "fact_count",
        "fact_measure",
        "fact_numeral",
        "fact_consistency",
        "fact_place",
        "release_change",
        "release_similarity",
    ),
    Group.DIMENSION: ("dim_release", "dim_date", "dim_currency", "dim_unit", "dim_place", "dim_source", "dim_rule"),
    Group.REFERENCE: ("fx_rate_monthly", "fx_rate_annual"),
    Group.RECORD: ("etl_run", "quality_result", "quality_failing_row"),
    Group.PIPELINE: (
        "etl_batch",
        "etl_document",
        "etl_quarantine",
        "etl_override",
        "source_listing",
        "source_entry",
        "source_host",
        "source_robots",
        "release_metadata",
        "release_signature",
        "release_word",
        "schema_migration",
    ),
}

_FACT: Final = {"release_key": "dim_release", "rule_key": "dim_rule"}

REFERENCES: Final[dict[str, dict[str, str]]] = {
    "fact_date": {**_FACT, "date_start_key": "dim_date", "date_end_key": "dim_date"},
    "fact_money": {**_FACT, "currency_key": "dim_currency"},
    "fact_count": {**_FACT, "unit_key": "dim_unit"},
    "fact_measure": {**_FACT, "unit_key": "dim_unit"},
    "fact_numeral": _FACT,
    "fact_consistency": _FACT,
    "fact_place": {**_FACT, "place_key": "dim_place"},
    "release_change": {"release_key": "dim_release", "previous_key": "dim_release"},
    "release_similarity": {"release_key": "dim_release", "earlier_key": "dim_release"},
    "release_signature": {"release_key": "dim_release"},
    "release_word": {"release_key": "dim_release"},
    "release_metadata": {"release_key": "dim_release"},
    "dim_place": {"parent_key": "dim_place", "province_key": "dim_place", "country_key": "dim_place"},
    "dim_release": {
        "source_key": "dim_source",
        "published_on_key": "dim_date",
        "dateline_place_key": "dim_place",
        "duplicate_of_key": "dim_release",
        "run_id": "etl_run",
    },
    "fx_rate_monthly": {"currency_code": "dim_currency"},
    "fx_rate_annual": {"currency_code": "dim_currency"},
    "quality_result": {"run_id": "etl_run"},
    "quality_failing_row": {"run_id": "etl_run", "release_key": "dim_release"},
    "etl_batch": {"run_id": "etl_run"},
    "etl_document": {"batch_id": "etl_batch"},
    "etl_quarantine": {"run_id": "etl_run", "resolved_run_id": "etl_run", "override_id": "etl_override"},
    "etl_override": {"batch_id": "etl_batch"},
}
"""By table and column the table whose key the column holds."""

_OTHER_KEYS: Final = {(table, "currency_code"): "currency_code" for table in ("fx_rate_monthly", "fx_rate_annual")}
_KEYS: Final = {
    "dim_release": "release_key",
    "dim_date": "date_key",
    "dim_currency": "currency_key",
    "dim_unit": "unit_key",
    "dim_place": "place_key",
    "dim_source": "source_key",
    "dim_rule": "rule_key",
    "etl_run": "run_id",
    "etl_batch": "batch_id",
    "etl_override": "override_id",
}


def table_of_key(column: str) -> str | None:
    """The table whose key bears this name, if one does."""
    return next((table for table, key in _KEYS.items() if key == column), None)


def group_of(table: str) -> Group:
    """The group of a table.

    Raises:
        KeyError: no group is declared for it.
    """
    for group, tables in GROUPS.items():
        if table in tables:
            return group
    raise KeyError(table)


def column_referred_to(table: str, column: str) -> str:
    """The column, in the table that a reference points to, that holds the same value."""
    return _OTHER_KEYS.get((table, column)) or _KEYS[REFERENCES[table][column]]
