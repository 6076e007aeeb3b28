"""The desk: drops are audited one after the other, each in a process of its own; what was found is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.messages import say, use_language
from auditor.model.facts import FilingKey
from auditor.serve.notebook import Notebook, Noted, Source, now
from auditor.serve.uploads import Drop, State
from auditor.serve.worker import DATA, Earlier, Named, Task

if TYPE_CHECKING:
    from pathlib import Path

MAX_DROPS = 50  # whose progress is remembered


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of all runs: language of the page and the reports, `auditor.toml`, further rule folders."""

    language: str = "zh"
    config: str | None = None
    rules: tuple[str, ...] = ()


class Desk:
    """The state folder: the notebook, `reports/` (a folder for each filing), `files/` (one for each drop), `rules/`."""

    def __init__(self, folder: Path, terms: Terms) -> None:
        self.folder, self.terms = folder, terms
        self.reports, self.files, self.rules = folder / "reports", folder / "files", folder / "rules"
        for made in (folder, self.reports, self.files, self.rules):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.notebook = Notebook(folder / "notes.sqlite")
        self.drops: dict[str, Drop] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._process: subprocess.Popen[bytes] | None = None
        self._running = ""
        self._lock = threading.Lock()
        self.tidy()

    def close(self) -> None:
        """End what runs, and delete the files that nobody asked to keep."""
        for drop in list(self.drops.values()):
            self.stop(drop)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.tidy()
        self.notebook.close()

    def tidy(self) -> None:
        """Delete files that are not kept, and reports that nothing leads to (of a run that was killed)."""
        filings = list(self.notebook.all())
        _only(self.files, {noted.drop for noted in filings if noted.kept})
        _only(self.reports, {noted.drop for noted in filings})

    # -- drops --------------------------------------------------------------------------------------------------

    def open(self, drop: Drop) -> None:
        """Remember a drop, and forget the progress of old ones."""
        self.drops[drop.id] = drop
        for old in [one.id for one in self.drops.values() if one.is_over][: max(0, len(self.drops) - MAX_DROPS)]:
            del self.drops[old]

    def start(self, drop: Drop) -> None:
        """Put a drop whose files are there into the queue."""
        drop.stage = "queue"
        self._pool.submit(self._run, drop)

    def stop(self, drop: Drop) -> None:
        """End the work on a drop; what was found so far stays."""
        if not drop.is_over:
            drop.stage = "stopped"
        with self._lock:
            if self._running == drop.id and self._process is not None:
                self._process.kill()

    def _run(self, drop: Drop) -> None:
        """Audit a drop in a process of its own, and take in what that says."""
        from auditor.sandbox.guard import own_python

        use_language(self.terms.language)
        try:
            with self._lock:
                if drop.is_over:
                    return
                drop.stage = "read"
                command = own_python("auditor.serve.worker")
                process = subprocess.Popen(  # noqa: S603 — our own interpreter and module
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **alone()
                )
                self._process, self._running = process, drop.id
            assert process.stdin
            assert process.stdout
            with suppress(OSError):
                process.stdin.write(self._task(drop).line())
                process.stdin.flush()
            for line in process.stdout:
                self._take(drop, json.loads(line))
            process.wait()
        except (OSError, ValueError) as error:
            drop.summary = say("input.no_worker", why=str(error))
        finally:
            self._end(drop)

    def _end(self, drop: Drop) -> None:
        with self._lock:
            process, self._process, self._running = self._process, None, ""
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()
        if drop.stage == "stopped":
            drop.summary = say("serve.stopped")
        elif not drop.summary:
            drop.summary = say("cli.fault")
        for file in drop.files:
            if file.state not in (State.FAILED, State.DONE):
                file.state = State.DONE if file.filings else State.FAILED
                file.why = file.why or ([] if file.filings else [drop.summary])
        drop.stage = "stopped" if drop.stage == "stopped" else "done"

    def _task(self, drop: Drop) -> Task:
        there = [(number, file) for number, file in enumerate(drop.files) if file.state is State.THERE]
        latest: dict[tuple[Any, ...], Earlier] = {}
        for noted in self.notebook.all():  # the last report on each filing, and on files of each name
            label = say("serve.against", files="、".join(noted.files), at=noted.at)
            latest[(*noted.key, *noted.files)] = Earlier(noted.key, str(self.report(noted, DATA)), label)
        return Task(
            [Named(number, str(drop.path(number)), file.name) for number, file in there],
            str(self.reports / drop.id),
            self.terms.language,
            self.terms.config,
            [*self.terms.rules, *([str(self.rules)] if any(self.rules.glob("*.yaml")) else [])],
            list(latest.values()),
        )

    def _take(self, drop: Drop, said: dict[str, Any]) -> None:
        """Take in one line of the process."""
        event = said["event"]
        if event == "read":
            drop.pages = None
            drop.files[said["file"]].state = State.READ
        elif event == "failed":
            drop.files[said["file"]].why.append(said["why"])
        elif event == "pages":
            drop.pages = (said["done"], said["total"])
        elif event == "auditing":
            drop.stage, drop.total = "audit", said["total"]
        elif event == "filing":
            self._keep(drop, said)
        else:
            drop.summary = said["summary"] if event == "done" else said["why"]

    def _keep(self, drop: Drop, said: dict[str, Any]) -> None:
        noted = Noted(
            f"{drop.id}-{said['number']}",
            now(),
            FilingKey(*said["key"]),
            said["title"],
            said["kind"],
            said["tone"],
            said["verdict"],
            tuple(said["counts"]),
            tuple(said["since"]) or None,
            said["against"],
            tuple(Source(*source) for source in said["sources"]),
            drop.kept,
        )
        self.notebook.add(noted)
        for number in said["files"]:
            drop.files[number].filings.append(noted.id)
            drop.files[number].state = State.DONE

    # -- what is kept -------------------------------------------------------------------------------------------

    def report(self, noted: Noted, name: str) -> Path:
        """Where a report of a filing lies."""
        return self.reports / noted.drop / noted.id.partition("-")[2] / name

    def original(self, noted: Noted, source: Source) -> Path | None:
        """Where a file of a filing lies; None where it is no more."""
        path = self.files / noted.drop / str(source.number)
        return path if path.is_file() else None

    def forget(self, noted: Noted) -> None:
        """Delete a filing, its reports, and its files where no other filing came with them."""
        self.notebook.forget(noted)
        shutil.rmtree(self.report(noted, DATA).parent, ignore_errors=True)
        if not any(other.drop == noted.drop for other in self.notebook.all()):
            shutil.rmtree(self.files / noted.drop, ignore_errors=True)

    def forget_all(self) -> None:
        """Stop what runs, and delete all filings, reports, files and decisions."""
        for drop in list(self.drops.values()):
            self.stop(drop)
        self._pool.submit(self._forget_all).result()

    def _forget_all(self) -> None:
        self.drops.clear()
        self.notebook.forget_all()
        for folder in (self.reports, self.files):
            _only(folder, set())


def _only(folder: Path, names: set[str]) -> None:
    """Delete what lies in a folder under other names."""
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path, ignore_errors=True)


def alone() -> dict[str, Any]:
    """A group of processes of its own: an interruption of the page is not one of the work in half."""
    if os.name == "nt":
        return {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
    return {"start_new_session": True}
