"""Bounds of the worker process: time, memory, files per process."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MB = 1024 * 1024
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
