"""The Prefect flow from sources to the published warehouse and its report: orchestration only.

Paths and ids travel between the tasks, never data; a run is a handful of tasks, each of thousands of releases. What is
done is done for good: a run that is killed anywhere leaves its landing batches, and the next run goes on with them.
"""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from flows import progress
from flows.acquire import documents
from flows.acquire.landing import landed_documents, write_landing
from flows.acquire.sources import SourceError
from flows.complaints import FULL_DISK, explain
from flows.extract.find import EXTRACTOR_VERSION, rules
from flows.quality import html, summary as summaries
from flows.quality.checks import load_checks, run_checks
from flows.quality.score import Verdict
from flows.quality.summary import Summary
from flows.request import chosen_sources
from flows.workers import Job, Staged, stage_all
from warehouse import load as loader
from warehouse import publish as publisher
from warehouse.lock import run_lock
from warehouse.paths import Paths
