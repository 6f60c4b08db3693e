"""What a run leaves for others: artifacts in Prefect's pages, results in an open format, OpenLineage events."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from console import SAMPLES, Command, Outcome

Published = tuple[Path, Outcome]


def artifacts(server: str, key: str, warehouse: Path) -> list[dict[str, Any]]:
    """The artifacts with a key that tell of a warehouse, as Prefect's own pages ask for them."""
    body = json.dumps({"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC"}).encode()
    request = urllib.request.Request(
        f"{server}/artifacts/filter", data=body, headers={"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.loads(answer.read())
    return [each for each in found if str(warehouse) in f"{each['description']} {each['data']}"]


def test_prefect_s_pages_carry_the_summary(published: Published, server: str) -> None:
    """The run had a private server of its own; another one on the same records tells what it was told."""
    warehouse, _ = published
    numbers = json.loads((warehouse.with_suffix(".klangkhao") / "reports" / "latest.json").read_text(encoding="utf-8"))
    (told,) = artifacts(server, "klangkhao-run", warehouse)
    assert told["type"] == "markdown"
    assert "**ok**: 14 new or changed" in told["data"]
    assert f"reports/{numbers['run_id']}.html" in told["data"]
    (scores,) = artifacts(server, "klangkhao-scores", warehouse)
    assert scores["type"] == "table"
    assert [(row["dimension"], row["verdict"]) for row in json.loads(scores["data"])] == [
        (each["dimension"], each["verdict"]) for each in numbers["scores"]
    ]
    (checks,) = artifacts(server, "klangkhao-checks", warehouse)
    assert [(row["table"], row["failing"]) for row in json.loads(checks["data"])] == [
        (each["table"], each["failing"]) for each in numbers["findings"]
    ]


def test_results_and_events_of_a_run_agree_with_its_numbers(published: Published) -> None:
    warehouse, _ = published
    state = warehouse.with_suffix(".klangkhao")
    numbers = json.loads((state / "reports" / "latest.json").read_text(encoding="utf-8"))
    results = json.loads((state / "reports" / "results" / "latest.oors.json").read_text(encoding="utf-8"))
    assert results["source"]["runId"] == numbers["run_id"]
    failing = {each["id"]: each["measure"]["failedRowCount"] for each in results["results"] if each["status"] != "pass"}
    assert sum(failing.values()) == sum(finding["failing"] for finding in numbers["findings"])
    events = [json.loads(line) for line in (state / "lineage.ndjson").read_text(encoding="utf-8").splitlines()]
    assert [event["eventType"] for event in events] == ["START", "START", "COMPLETE", "COMPLETE"]
    assert events[-1]["inputs"][0]["name"] == str(SAMPLES)
    rows = {each["name"].rpartition(".")[2]: each["outputFacets"]["outputStatistics"] for each in events[-1]["outputs"]}
    assert rows["dim_release"]["rowCount"] == numbers["releases"]
    assert rows["fact_money"]["rowCount"] == numbers["facts"]["money"]


def test_an_event_file_that_cannot_be_written_fails_no_run(warehouse: Path, klangkhao: Command) -> None:
    file = warehouse.with_suffix(".klangkhao") / "lineage.ndjson"
    file.unlink()
    file.mkdir()
    done = klangkhao("run")
    assert done.code == 0, done.err
    assert "lineage.ndjson" in done.out
    assert "not fully told there" in done.out
