"""The same work on a Dask cluster: the workers share the folders of the filings and of the results with this machine.

A worker that dies is replaced or missed: its work is done again elsewhere, and gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from auditor.errors import AuditorError
from auditor.screening.local_workers import AHEAD, Lost, cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from auditor.screening.job import Job

T = TypeVar("T")
R = TypeVar("R")
LOCAL = "local"
WAIT = "15s"  # for a scheduler to answer


class ClusterWorkers:
    """Workers of a Dask cluster: `local` starts one on this machine, else `address` is that of its scheduler.

    Raises `AuditorError` where Dask is not installed, or no scheduler answers.
    """

    def __init__(self, address: str, count: int = 0) -> None:
        try:
            import distributed
        except ImportError:
            raise AuditorError("cluster.none") from None
        self._cluster: Any = None
        if address == LOCAL:
            self._cluster = distributed.LocalCluster(
                n_workers=count or cores(),
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                silence_logs="CRITICAL",
            )
        try:
            self.client: Any = distributed.Client(self._cluster or address, timeout=WAIT)
        except (OSError, ValueError, TypeError) as error:
            raise AuditorError("cluster.no_scheduler", address=address, why=str(error)) from None

    def run(self, work: Callable[[Job, T], R], job: Job, pieces: Iterable[T]) -> Iterator[tuple[T, R | Lost]]:
        """See `Workers.run`."""
        import distributed

        queue = iter(pieces)
        waiting: dict[str, T] = {}
        done = distributed.as_completed()
        room = max(1, sum(self.client.nthreads().values())) * AHEAD
        while True:
            while len(waiting) < room and (piece := next(queue, None)) is not None:
                future = self.client.submit(work, job, piece, pure=False)
                waiting[future.key] = piece
                done.add(future)
            if not waiting:
                return
            future = next(done)
            piece = waiting.pop(future.key)
            try:
                yield piece, future.result()
            except distributed.scheduler.KilledWorker as error:
                yield piece, Lost(str(error))

    def close(self) -> None:
        """Leave the cluster; end the one that was started here."""
        self.client.close()
        if self._cluster is not None:
            self._cluster.close()
