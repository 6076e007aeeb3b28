"""Work on all cores of this machine: processes that are replaced when one dies, with whatever it was doing done again.

A piece of work whose process dies twice while it is alone is given up: it is told, and the rest goes on.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from auditor.screening.job import Job

T = TypeVar("T")
R = TypeVar("R")
TRIES = 2
AHEAD = 2  # pieces waiting per process
GRACE = 5.0  # seconds that a process may take to end when it is asked to


@dataclass(frozen=True)
class Lost:
    """In place of an answer: the process died with this piece of work, again and again."""

    why: str = ""


class Workers(Protocol):
    """What does pieces of work: processes of this machine, or a cluster."""

    def run(self, work: Callable[[Job, T], R], job: Job, pieces: Iterable[T]) -> Iterator[tuple[T, R | Lost]]:
        """Do every piece of work and yield it with its answer, in the order in which they are done.

        Exceptions of the work itself come through.
        """
        ...

    def close(self) -> None:
        """End the workers."""
        ...


class LocalWorkers:
    """Processes of this machine."""

    def __init__(self, count: int = 0) -> None:
        self.count = count or cores()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, work: Callable[[Job, T], R], job: Job, pieces: Iterable[T]) -> Iterator[tuple[T, R | Lost]]:
        """See `Workers.run`."""
        queue = _Queue(pieces)
        waiting: dict[Future[R], T] = {}
        while True:
            while len(waiting) < self.count * AHEAD and (piece := queue.take()) is not None:
                waiting[self._submit(work, job, piece)] = piece
            if not waiting:
                alone = queue.next_suspect()
                if alone is None:
                    return
                yield alone, self._alone(work, job, alone)
                continue
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                piece = waiting.pop(future)
                try:
                    answer = future.result()
                except BrokenProcessPool:
                    queue.suspects += [piece, *waiting.values()]
                    waiting.clear()
                    self._restart()
                    break
                yield piece, answer

    def _alone(self, work: Callable[[Job, T], R], job: Job, piece: T) -> R | Lost:
        """Do one piece with nothing beside it."""
        for _ in range(TRIES):
            try:
                return self._submit(work, job, piece).result()
            except BrokenProcessPool:
                self._restart()
        return Lost()

    def _submit(self, work: Callable[[Job, T], R], job: Job, piece: T) -> Future[R]:
        if self._pool is None:
            ways = multiprocessing.get_all_start_methods()
            context = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
            self._pool = ProcessPoolExecutor(self.count, context, _watch_parent)
        try:
            return self._pool.submit(work, job, piece)
        except BrokenProcessPool:
            self._restart()
            return self._submit(work, job, piece)

    def _restart(self) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what they were doing is not waited for."""
        if self._pool is not None:
            processes = list((self._pool._processes or {}).values())  # noqa: SLF001 — a pool has no way to stop its work
            for process in processes:
                process.terminate()
            for process in processes:
                process.join(GRACE)
                if process.is_alive():
                    process.kill()
            self._pool.shutdown(wait=True, cancel_futures=True)  # its thread ends before the interpreter does
            self._pool = None


class _Queue(Generic[T]):
    """Pieces to be done: those that come, and those that were there when a process died."""

    def __init__(self, pieces: Iterable[T]) -> None:
        self._pieces = iter(pieces)
        self.suspects: deque[T] = deque()

    def take(self) -> T | None:
        """The next piece that is not suspect."""
        return None if self.suspects else next(self._pieces, None)

    def next_suspect(self) -> T | None:
        """A piece to be done alone."""
        return self.suspects.popleft() if self.suspects else None


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def _watch_parent() -> None:
    """End this process when the one that started it is gone, however it went."""
    parent: Any = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)

    if parent is not None:
        threading.Thread(target=watch, daemon=True).start()
