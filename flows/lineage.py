"""Runs as OpenLineage events (https://openlineage.io, spec 2-0-2), one JSON object a line.

They stand in `NAME.klangkhao/lineage.ndjson`, beside the warehouse `NAME.duckdb`.

A run is two jobs: the one that reads the sources and writes the tables, and within it the one that checks the tables.
A catalogue takes the file as it is: each line is what its HTTP endpoint would be sent. Lines are only ever added, all
of a step in one write; what a killed process left half written is cut off, and its run is said to be aborted.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from schemas.tables import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from flows.acquire.sources import Source
    from flows.quality.summary import Summary
    from warehouse.paths import Paths

FILE: Final = "lineage.ndjson"
PRODUCER: Final = "urn:klangkhao"
SPEC: Final = "https://openlineage.io/spec"
RUN_EVENT: Final = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
NAMESPACE: Final = "klangkhao"
CHECK: Final = "check"
LINES_OF_A_RUN: Final = 4  # its start, start and end of its checks, its end
_STATES: Final = {"ok": "COMPLETE", "failed": "FAIL", "refused": "FAIL"}
_VERSIONS: Final = {
    "DataQualityAssertionsDatasetFacet": "1-1-0",
    "DataQualityMetricsInputDatasetFacet": "1-0-3",
    "DatasetTypeDatasetFacet": "1-0-1",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DocumentationDatasetFacet": "1-1-0",
    "DocumentationJobFacet": "1-1-0",
    "ErrorMessageRunFacet": "1-0-1",
    "InputStatisticsInputDatasetFacet": "1-0-0",
    "JobTypeJobFacet": "2-0-4",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
    "OwnershipDatasetFacet": "1-0-1",
    "ParentRunFacet": "1-2-0",
    "ProcessingEngineRunFacet": "1-1-1",
    "SchemaDatasetFacet": "1-2-0",
    "TestRunFacet": "1-0-1",
}
_COLUMNS: Final = """
select table_name, column_name, data_type, comment
from duckdb_columns()
where schema_name = 'main' and not internal
order by table_name, column_index
"""
_RESULTS: Final = """
select check_name, dimension, table_name, severity, verdict, failing, total, warn_at, fail_at, why
from quality_result
where run_id = ?
order by check_name, table_name
"""

Json = dict[str, Any]


@dataclass(slots=True)
class Lineage:
    """The event file of a warehouse, and the run of a flow that tells of itself there and holds the warehouse."""

    paths: Paths
    job: str
    begun: bool = False

    @property
    def file(self) -> Path:
        return self.paths.state / FILE

    def begin(self, summary: Summary, sources: Sequence[Source]) -> None:
        """Say that a run has started, and that the one before was aborted if it never said its end."""
        inputs = [_source(source) for source in sources] or [self._landing()]
        started = self._event("START", self.job, summary, at=summary.started_at, inputs=inputs)
        unfinished = _unfinished(self.file)
        aborted = [{**each, "eventType": "ABORT", "eventTime": _instant(summary.started_at)} for each in unfinished]
        _append(self.file, [*aborted, started])
        self.begun = True

    def end(
        self, summary: Summary, sources: Sequence[Source], con: duckdb.DuckDBPyConnection, *, checked: bool
    ) -> None:
        """Say how a run ended that has begun, what it wrote, and what its checks found.

        Args:
            summary: the run, complete.
            sources: what it read.
            con: the work database.
            checked: whether the run came to its checks.
        """
        if not self.begun:
            return
        now = datetime.now(UTC).isoformat()
        tables = _tables(con, summary)
        inputs = [_source(source) for source in sources] or [self._landing()]
        outputs = [self._output(table) for table in tables if summary.published]
        events = []
        if checked:
            events += list(self._checks(summary, tables, con.execute(_RESULTS, [summary.run_id]).fetchall(), now))
        state = _STATES.get(summary.status, "ABORT")
        events.append(self._event(state, self.job, summary, at=now, inputs=inputs, outputs=outputs))
        _append(self.file, events)

    def _checks(
        self, summary: Summary, tables: list[Table], results: list[tuple[Any, ...]], now: str
    ) -> Iterator[Json]:
        by_table: dict[str, list[Json]] = {}
        tests = []
        known = {table.name for table in tables}
        for name, dimension, table, severity, verdict, failing, total, warn_at, fail_at, why in results:
            limit = fail_at if verdict == "fail" else warn_at
            said = {
                "severity": "error" if fail_at is not None else "warn",
                "description": why,
                "expected": "no row fails" if not limit else f"at most {100 * limit:.3g} % of the rows fail",
                "actual": f"{failing} of {total} rows fail",
                "params": {"severity": severity, "verdict": verdict, "failing": failing, "total": total},
            }
            status = "pass" if verdict == "pass" else "fail"
            tests.append(
                {"name": f"{name} on {table}", "type": dimension, "status": status, "severity": said["severity"]}
            )
            for each in {table} & known or known & _named(table):
                assertion = {"assertion": dimension, "name": name, "success": verdict == "pass", **said}
                by_table.setdefault(each, []).append(assertion)
        # Schemas and descriptions are told with the outputs of the run; a catalogue keeps them.
        inputs = [
            {
                **self._name(table),
                "inputFacets": {
                    "dataQualityMetrics": _facet(
                        "DataQualityMetricsInputDatasetFacet", rowCount=table.rows, columnMetrics={}
                    ),
                    "dataQualityAssertions": _facet(
                        "DataQualityAssertionsDatasetFacet", assertions=by_table[table.name]
                    ),
                },
            }
            for table in tables
            if table.name in by_table
        ]
        started = self._event("START", f"{self.job}.{CHECK}", summary, at=now, parent=self.job)
        yield started
        ended = "FAIL" if summary.status == "refused" else "COMPLETE"
        event = self._event(ended, f"{self.job}.{CHECK}", summary, at=now, inputs=inputs, parent=self.job)
        event["run"]["facets"]["test"] = _facet("TestRunFacet", tests=tests)
        yield event

    def _event(
        self,
        state: str,
        job: str,
        summary: Summary,
        *,
        at: str,
        inputs: Sequence[Json] = (),
        outputs: Sequence[Json] = (),
        parent: str | None = None,
    ) -> Json:
        facets = {
            "processing_engine": _facet(
                "ProcessingEngineRunFacet",
                name="klangkhao",
                version=version("klangkhao"),
                openlineageAdapterVersion=version("klangkhao"),
            )
        }
        if parent:
            facets["parent"] = _facet(
                "ParentRunFacet",
                run={"runId": self._run_id(parent, summary)},
                job={"namespace": NAMESPACE, "name": parent},
            )
        if state == "FAIL" and summary.message:
            facets["errorMessage"] = _facet(
                "ErrorMessageRunFacet", message=summary.message, programmingLanguage="PYTHON"
            )
        return {
            "eventType": state,
            "eventTime": _instant(at),
            "producer": PRODUCER,
            "schemaURL": RUN_EVENT,
            "run": {"runId": self._run_id(job, summary), "facets": facets},
            "job": {
                "namespace": NAMESPACE,
                "name": job,
                "facets": {
                    "jobType": _facet(
                        "JobTypeJobFacet", processingType="BATCH", integration="KLANGKHAO", jobType="FLOW"
                    ),
                    "documentation": _facet("DocumentationJobFacet", description=_JOBS[job]),
                },
            },
            "inputs": list(inputs),
            "outputs": list(outputs),
        }

    def _run_id(self, job: str, summary: Summary) -> str:
        return str(uuid5(NAMESPACE_URL, f"klangkhao:{summary.warehouse}:{job}:{summary.run_id}"))

    def _landing(self) -> Json:
        path = str(self.paths.landing.absolute())
        return {"namespace": "file", "name": path, "facets": {"datasetType": _type("FILE", "landing")}}

    def _name(self, table: Table) -> Json:
        # OpenLineage names no scheme for DuckDB; as with other files, the path tells one database from the next.
        return {"namespace": "duckdb", "name": f"{self.paths.snapshot.absolute()}/main.{table.name}"}

    def _output(self, table: Table) -> Json:
        statistics = _facet("OutputStatisticsOutputDatasetFacet", rowCount=table.rows)
        return {
            **self._name(table),
            "facets": {
                "schema": _facet("SchemaDatasetFacet", fields=table.fields),
                "documentation": _facet("DocumentationDatasetFacet", description=table.description),
                "datasetType": _type("TABLE"),
                "version": _facet("DatasetVersionDatasetFacet", datasetVersion=table.version),
            },
            "outputFacets": {"outputStatistics": statistics},
        }


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the warehouse as a run left it."""

    name: str
    rows: int
    fields: list[Json]
    description: str
    version: str


_JOBS: Final = {
    name: text
    for flow, what in {
        "klangkhao-ingest": "Takes in what is new in the sources and publishes the warehouse with it.",
        "klangkhao-rebuild": "Reads everything in landing again with today's rules and publishes the result.",
        "klangkhao-replay": "Reads documents out of quarantine again and publishes the warehouse with them.",
    }.items()
    for name, text in ((flow, what), (f"{flow}.{CHECK}", "Checks the tables before they are published."))
}


def _tables(con: duckdb.DuckDBPyConnection, summary: Summary) -> list[Table]:
    models = schemas()
    fields: dict[str, list[Json]] = {}
    for table, column, data_type, comment in con.execute(_COLUMNS).fetchall():
        fields.setdefault(table, []).append({"name": column, "type": data_type, "description": comment or ""})
    return [
        Table(name, _rows(con, name), fields[name], _sentence(model.description or ""), summary.run_id)
        for name, model in sorted(models.items())
        if name in fields
    ]


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def _sentence(docstring: str) -> str:
    return " ".join(docstring.split())


def _named(words: str) -> set[str]:
    """The tables that a check of several names in words."""
    if words == "all facts":
        return {
            "fact_date",
            "fact_money",
            "fact_count",
            "fact_measure",
            "fact_numeral",
            "fact_consistency",
            "fact_place",
        }
    return set(words.replace(",", " ").split())


def _source(source: Source) -> Json:
    facets = {"datasetType": _type("URL" if source.is_web else "FILE", source.kind)}
    if source.publisher:
        description = f"Releases of {source.publisher}."
        facets["documentation"] = _facet("DocumentationDatasetFacet", description=description)
    if source.owner:
        owners = [{"name": source.owner, "type": "MAINTAINER"}]
        facets["ownership"] = _facet("OwnershipDatasetFacet", owners=owners)
    if source.is_web:
        scheme, _, rest = source.location.partition("://")
        host, _, path = rest.partition("/")
        return {"namespace": f"{scheme}://{host}", "name": f"/{path}", "facets": facets}
    return {"namespace": "file", "name": source.location, "facets": facets}


def _type(kind: str, sub_type: str | None = None) -> Json:
    more = {"subType": sub_type.upper()} if sub_type else {}
    return _facet("DatasetTypeDatasetFacet", datasetType=kind, **more)


def _facet(kind: str, /, **fields: Any) -> Json:
    url = f"{SPEC}/facets/{_VERSIONS[kind]}/{kind}.json#/$defs/{kind}"
    return {"_producer": PRODUCER, "_schemaURL": url, **fields}


def _instant(at: str) -> str:
    """An instant with its zone; ours are UTC where they have none."""
    parsed = datetime.fromisoformat(at)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).isoformat()


# The file


def _append(file: Path, events: Iterable[Json]) -> None:
    """Add lines in one write, after cutting off what a killed process left of its own."""
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode()
    with file.open("ab+") as adding:
        _cut_torn_line(adding.fileno())
        adding.write(lines)
        adding.flush()
        os.fsync(adding.fileno())


def _cut_torn_line(descriptor: int) -> None:
    size = os.fstat(descriptor).st_size
    last = _last_lines(descriptor, size, 1)
    if last and not last[0].endswith(b"\n"):
        os.ftruncate(descriptor, size - len(last[0]))


def _unfinished(file: Path) -> list[Json]:
    """The starts, among the last lines of the file, of runs whose end was never told."""
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return []
    try:
        _cut_torn_line(descriptor)
        lines = _last_lines(descriptor, os.fstat(descriptor).st_size, 2 * LINES_OF_A_RUN)
    finally:
        os.close(descriptor)
    events = [json.loads(line) for line in lines]
    ended = {event["run"]["runId"] for event in events if event["eventType"] != "START"}
    return [event for event in events if event["run"]["runId"] not in ended]


def _last_lines(descriptor: int, size: int, count: int) -> list[bytes]:
    """The last lines of a file, each with its end if it has one."""
    found = b""
    while size and found.count(b"\n") <= count:
        step = min(size, 65_536)
        size -= step
        found = os.pread(descriptor, step, size) + found
    return found.splitlines(keepends=True)[-count:]
