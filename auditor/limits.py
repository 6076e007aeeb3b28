"""Bounds of the worker process: time, memory, files per process."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MB = 1024 * 1024
BIND_SECONDS = 60  # for finding the tables and figures of one document
SCAN_SECONDS = 60  # for recognising one page that is a picture
SCANS_SECONDS = 900  # for all of them in one file
MANY_OBJECTS = 50_000  # that are made between two looks for such as hold each other
OFFICE_MEMORY = 4096  # MB that LibreOffice may address, in a process of its own


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost: seconds, MB of address space, and how many files one process serves.

    Memory is bounded where the platform can (Linux); time everywhere.
    """

    seconds: float = 120
    memory: int = 1024
    files: int = 200


def bound_memory(megabytes: int) -> None:
    """Bound the address space of this process, where the platform can; leave no core files."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    _set(resource.RLIMIT_AS, megabytes * MB)


def bound_time(seconds: float) -> None:
    """Let this process compute for so many seconds from now, where the platform can.

    The parent watches the clock; this is for a worker whose parent is gone.
    """
    if sys.platform != "linux":
        return
    import math
    import resource
    import time

    _set(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds) + 1)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look seldom for objects that hold each other, which hardly any does.

    Documents and rule books are hundreds of thousands of records that stay: to look at them again after every few
    hundred new ones takes a fifth of the time of reading and audit.
    """
    before = gc.get_threshold()
    gc.set_threshold(MANY_OBJECTS, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Hooks:
    more_time: Callable[[int, int], None] | None = None


def on_more_time(ask: Callable[[int, int], None]) -> None:
    """Say how this process asks for its time again; a process that says nothing has no bound."""
    _Hooks.more_time = ask


def more_time(done: int, total: int) -> None:
    """Ask for the time that a file may take once more, before each of many pieces of work that are known to be long."""
    if _Hooks.more_time is not None:
        _Hooks.more_time(done, total)


def _set(what: int, value: int) -> None:
    """Set the soft limit; the hard one stays, so that a child may be given more."""
    import resource

    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


@contextmanager
def room(megabytes: int) -> Iterator[None]:
    """Processes started inside may address so many MB (limits are inherited, and LibreOffice needs more)."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    if before[0] != resource.RLIM_INFINITY:
        _set(resource.RLIMIT_AS, megabytes * MB)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def time_limit(seconds: float, file: str) -> Iterator[None]:
    """Stop what is done with a file in this process after so many seconds, where the platform can (not on Windows).

    Raises `BadInputError` then. Works in the main thread; elsewhere nothing is bounded.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise BadInputError("input.timeout", file=file, limit=f"{seconds:g}")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
