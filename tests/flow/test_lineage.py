"""The event file: what OpenLineage's own classes take, one line an event, whole whatever is killed."""

from __future__ import annotations

import importlib
import json
import re
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attr
import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openlineage.client import event_v2, facet_v2

from flows import lineage
from flows.acquire.sources import Source
from flows.lineage import Lineage
from flows.quality.checks import load_checks, run_checks
from flows.quality.record import record_results
from flows.quality.summary import Summary, judge
from schemas.tables import schemas
from warehouse.connect import connect
from warehouse.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = Path(lineage.__file__).parents[1] / "warehouse" / "checks"
SOURCE = Source("gov", "folder", "/data/ข่าว", publisher="กรมตัวอย่าง", owner="desk@example.org")
RUN_ID = "20240315T060000Z-test"


def run(number: int = 1, status: str = "ok", problem: str | None = None) -> Summary:
    made = Summary(f"{RUN_ID}{number}", "/data/w.duckdb", "2", f"2024-03-15T06:{number:02}:00", {})
    made.status = status  # type: ignore[assignment]
    made.message = problem
    made.published = status == "ok"
    return made


@pytest.fixture
def events(tmp_path: Path) -> Lineage:
    paths = Paths(tmp_path / "w.duckdb")
    paths.state.mkdir()
    return Lineage(paths, "klangkhao-ingest")


@pytest.fixture(scope="module")
def checked(loaded: Paths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the database of the sample releases with the outcomes of their checks for run 1."""
    file = tmp_path_factory.mktemp("checked") / "work.duckdb"
    file.write_bytes(loaded.work.read_bytes())
    with closing(connect(file)) as con:
        results = run_checks(con, load_checks(CHECKS))
        record_results(con, results, run_id=run().run_id)
        judge(run(), results)
        yield con


def lines(written: Lineage) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.file.read_text(encoding="utf-8").splitlines()]


# OpenLineage's own reading


def facet_class(url: str) -> type:
    """The client's class for a facet, whose version is the one that the facet names."""
    name = url.rpartition("/")[2]
    found = [
        getattr(module, name)
        for module_name in dir(facet_v2)
        if hasattr(module := getattr(facet_v2, module_name), name) and isinstance(getattr(module, name), type)
    ]
    if not found:
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Facet")).lower()
        found = [getattr(importlib.import_module(f"openlineage.client.generated.{snake}"), name)]
    assert found[0]._get_schema() == url, "another version than the client's"
    return found[0]


def read(kind: type, plain: dict[str, Any]) -> Any:
    """An instance of an attrs class; what it has no attribute for, or misses, is an error."""
    nested = {}
    for name, value in plain.items():
        if name == "_schemaURL":
            continue
        nested[name.lstrip("_") if name == "_producer" else name] = value
    return kind(**nested)


def read_facets(facets: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name: read(facet_class(facet["_schemaURL"]), facet) for name, facet in facets.items()}


def read_event(event: dict[str, Any]) -> event_v2.RunEvent:
    assert event["schemaURL"].startswith("https://openlineage.io/spec/2-0-2/")
    return event_v2.RunEvent(
        eventType=event_v2.RunState(event["eventType"]),
        eventTime=event["eventTime"],
        run=event_v2.Run(runId=event["run"]["runId"], facets=read_facets(event["run"]["facets"])),
        job=event_v2.Job(
            namespace=event["job"]["namespace"],
            name=event["job"]["name"],
            facets=read_facets(event["job"]["facets"]),
        ),
        inputs=[
            event_v2.InputDataset(
                namespace=each["namespace"],
                name=each["name"],
                facets=read_facets(each.get("facets", {})),
                inputFacets=read_facets(each.get("inputFacets", {})),
            )
            for each in event["inputs"]
        ],
        outputs=[
            event_v2.OutputDataset(
                namespace=each["namespace"],
                name=each["name"],
                facets=read_facets(each.get("facets", {})),
                outputFacets=read_facets(each.get("outputFacets", {})),
            )
            for each in event["outputs"]
        ],
        producer=event["producer"],
    )


def test_the_reader_of_this_test_refuses_what_the_standard_has_not() -> None:
    url = "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
    good = {"_producer": "x", "_schemaURL": url, "message": "m", "programmingLanguage": "PYTHON"}
    assert read_facets({"errorMessage": good})
    for bad in ({**good, "mesage": "m"}, {name: each for name, each in good.items() if name != "message"}):
        with pytest.raises(TypeError):
            read_facets({"errorMessage": bad})


def test_a_run_is_told_as_the_standard_has_it(events: Lineage, checked: duckdb.DuckDBPyConnection) -> None:
    done = run()
    events.begin(done, [SOURCE])
    events.end(done, [SOURCE], checked, checked=True)
    written = lines(events)
    told = [(event["eventType"], event["job"]["name"]) for event in written]
    assert told == [
        ("START", "klangkhao-ingest"),
        ("START", "klangkhao-ingest.check"),
        ("COMPLETE", "klangkhao-ingest.check"),
        ("COMPLETE", "klangkhao-ingest"),
    ]
    for event in written:
        assert attr.asdict(read_event(event))
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
    start, check_start, check_end, end = written
    assert start["run"]["runId"] == end["run"]["runId"]
    assert check_start["run"]["runId"] == check_end["run"]["runId"] != end["run"]["runId"]
    assert check_end["run"]["facets"]["parent"]["run"]["runId"] == end["run"]["runId"]
    (source,) = end["inputs"]
    assert (source["namespace"], source["name"]) == ("file", "/data/ข่าว")
    assert source["facets"]["ownership"]["owners"] == [{"name": "desk@example.org", "type": "MAINTAINER"}]
    outputs = {each["name"].rpartition(".")[2]: each for each in end["outputs"]}
    assert outputs.keys() == schemas().keys()
    releases = outputs["dim_release"]
    assert releases["outputFacets"]["outputStatistics"]["rowCount"] == 14
    fields = {field["name"]: field for field in releases["facets"]["schema"]["fields"]}
    assert fields["published_on"]["type"] == "DATE"
    assert "Day of publication" in fields["published_on"]["description"]


def test_each_outcome_of_a_check_is_told_once_for_its_table(
    events: Lineage, checked: duckdb.DuckDBPyConnection
) -> None:
    done = run()
    events.begin(done, [SOURCE])
    events.end(done, [SOURCE], checked, checked=True)
    event = lines(events)[2]
    kept = checked.execute(
        "select check_name, table_name, verdict, failing, total from quality_result where run_id = ?", [done.run_id]
    ).fetchall()
    tests = event["run"]["facets"]["test"]["tests"]
    assert sorted((each["name"], each["status"]) for each in tests) == sorted(
        (f"{name} on {table}", "pass" if verdict == "pass" else "fail") for name, table, verdict, *_ in kept
    )
    asserted = {
        (each["name"].rpartition(".")[2], assertion["name"]): assertion
        for each in event["inputs"]
        for assertion in each["inputFacets"]["dataQualityAssertions"]["assertions"]
    }
    tables = schemas().keys()
    for name, table, verdict, failing, total in kept:
        for each in [table] if table in tables else ["fact_money"]:
            assertion = asserted[each, name]
            assert assertion["success"] is (verdict == "pass")
            assert assertion["actual"] == f"{failing} of {total} rows fail"
    metrics = {each["name"].rpartition(".")[2]: each["inputFacets"]["dataQualityMetrics"] for each in event["inputs"]}
    assert metrics["dim_release"]["rowCount"] == 14


@pytest.mark.parametrize("status", ["failed", "refused"])
def test_a_run_that_is_not_ok_fails_with_its_message_and_writes_nothing(
    events: Lineage, checked: duckdb.DuckDBPyConnection, status: str
) -> None:
    done = run(1, status, "The disk is full.")
    events.begin(done, [])
    events.end(done, [], checked, checked=status == "refused")
    end = lines(events)[-1]
    assert end["eventType"] == "FAIL"
    assert end["outputs"] == []
    assert end["run"]["facets"]["errorMessage"]["message"] == "The disk is full."
    (landing,) = end["inputs"]
    assert landing["name"].endswith("/landing")
    checks = [event for event in lines(events) if event["job"]["name"].endswith(".check")]
    assert [event["eventType"] for event in checks] == (["START", "FAIL"] if status == "refused" else [])
    for event in lines(events):
        read_event(event)


def test_a_run_that_was_killed_is_aborted_by_the_next(events: Lineage, checked: duckdb.DuckDBPyConnection) -> None:
    events.begin(run(1), [SOURCE])
    later = Lineage(events.paths, events.job)
    later.begin(run(2), [SOURCE])
    later.end(run(2), [SOURCE], checked, checked=True)
    Lineage(events.paths, events.job).begin(run(3), [SOURCE])
    told = [(event["eventType"], event["run"]["runId"]) for event in lines(events)]
    assert told[1] == ("ABORT", told[0][1])
    assert [state for state, _ in told] == ["START", "ABORT", "START", "START", "COMPLETE", "COMPLETE", "START"]
    read_event(lines(events)[1])


def test_a_run_that_never_began_has_no_end(events: Lineage, checked: duckdb.DuckDBPyConnection) -> None:
    events.end(run(), [SOURCE], checked, checked=False)
    assert not events.file.exists()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=0, max_value=200_000))
def test_a_file_cut_off_anywhere_is_whole_again_after_the_next_run(
    tmp_path_factory: pytest.TempPathFactory, checked: duckdb.DuckDBPyConnection, cut: int
) -> None:
    """A process that is killed in the middle of its write leaves a part of a line, or of several."""
    paths = Paths(tmp_path_factory.mktemp("torn") / "w.duckdb")
    paths.state.mkdir()
    first = Lineage(paths, "klangkhao-ingest")
    first.begin(run(1), [SOURCE])
    first.end(run(1), [SOURCE], checked, checked=True)
    whole = first.file.read_bytes()
    first.file.write_bytes(whole[: cut % (len(whole) + 1)])
    second = Lineage(paths, "klangkhao-ingest")
    second.begin(run(2), [SOURCE])
    written = lines(second)
    states: dict[str, list[str]] = {}
    for event in written:
        states.setdefault(event["run"]["runId"], []).append(event["eventType"])
    *before, last = states.values()
    assert last == ["START"]
    for each in before:
        assert each[0] == "START"
        assert len(each) == 2, "each run begins once and ends once"
        assert each[1] in {"COMPLETE", "ABORT"}
