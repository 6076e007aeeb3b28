"""Files are parsed in a worker process, so that a hostile or broken one costs a sentence and not the run.

One worker serves many files, one after the other. It is started when it is first needed (or a little earlier, by
`start`, so that its start overlaps with other work), and again after a crash, a timeout, or `Limits.files` files.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.digits import whole_number
from auditor.errors import BadInputError
from auditor.limits import Limits
from auditor.sandbox import codec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.annotate.notes import Annotated, MarginNote
    from auditor.annotate.page_pictures import Picture, Region
    from auditor.model.document import Document

START_SECONDS = 60
LINE = 400  # characters of a fault that are shown
# The worker must import this very package, and must not import from the current folder, which may hold anything.
_BOOT = (
    "import sys; root = sys.argv.pop(1); path = sys.path; "
    "path.insert(next((n for n, p in enumerate(path) if p.endswith('-packages')), len(path)), root); "
)


def own_python(module: str) -> list[str]:
    """The command that runs `main` of a module of this very package in another process; arguments may follow."""
    root = str(Path(__file__).parent.parent.parent)
    return [sys.executable, "-P", "-c", f"{_BOOT}from {module} import main; main()", root]


class CrashError(BadInputError):
    """The worker stopped while reading a file.

    `fault` is a fault of the program in one line, for whoever mends it, and `detail` its traceback; where there is
    none, the process was short of memory, or died.
    """

    def __init__(self, name: str, fault: str = "", detail: str = "") -> None:
        if fault:
            super().__init__("input.fault", file=name, detail=fault[:LINE])
        else:
            super().__init__("input.crashed", file=name)
        self.detail = detail


class Guard:
    """Reads files in a worker process. May be called from several threads; they take turns."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.on_pages: Callable[[int, int], None] | None = None  # told which of how many pictures is recognised next
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline = -1  # held open as long as this process lives: its end kills the worker
        self._owner = 0  # a fork must not talk to the worker of its parent
        self._served = 0
        self._ready = False
        self._late = False
        self._tainted = False  # by the typefaces of this machine: it can draw, and no longer read as others would

    def start(self) -> None:
        """Start the worker and do not wait for it."""
        with self._lock:
            self._running()

    def read(self, path: Path, name: str, member: str = "") -> Document:
        """Read one file, or one member of an archive; `name` is shown. Raises `BadInputError`."""
        request = {"path": str(path.absolute()), "name": name, "member": member}
        return self._document(self._ask(request), name)

    def read_bytes(self, data: bytes, name: str) -> Document:
        """Read the bytes of one file. Raises `BadInputError`."""
        return self._document(self._ask({"name": name, "size": len(data)}, data), name)

    def members(self, path: Path, name: str) -> list[tuple[str, str]] | None:
        """The members of an archive as (stored name, name to show), or None for a file that is no archive."""
        members = self._ask({"path": str(path.absolute()), "name": name, "list": True}).get("members")
        try:
            return None if members is None else [(str(stored), str(shown)) for stored, shown in members]
        except (TypeError, ValueError):
            raise CrashError(name) from None

    def pictures(
        self, path: Path, name: str, member: str, sha256: str, regions: Sequence[Region]
    ) -> list[Picture | None]:
        """Draw regions of the pages of a PDF; None for what cannot be drawn. Raises `BadInputError`."""
        from auditor.annotate.page_pictures import checked

        request = {
            "path": str(path.absolute()),
            "name": name,
            "member": member,
            "sha256": sha256,
            "regions": list(regions),
        }
        return checked(self._ask(request).get("pictures"), len(regions))

    def annotate(self, path: Path, name: str, member: str, sha256: str, notes: Sequence[MarginNote]) -> Annotated:
        """Write notes into a copy of a file. Raises `BadInputError` when it cannot be done."""
        from auditor.annotate import checked

        request = {
            "path": str(path.absolute()),
            "name": name,
            "member": member,
            "sha256": sha256,
            "notes": list(notes),
        }
        try:
            return checked(self._ask(request))
        except ValueError:
            raise CrashError(name) from None

    def close(self) -> None:
        """End the worker, at once where it is reading a file; it is started again when it is needed again."""
        if not self._lock.acquire(timeout=0.2):
            if self._process is not None and self._owner == os.getpid():
                _kill(self._process)
            return
        try:
            self._end()
        finally:
            self._lock.release()

    # -- one request ----------------------------------------------------------------------------------------

    def _document(self, answer: dict[str, Any], name: str) -> Document:
        try:
            return codec.unpack(answer["document"])
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise CrashError(name) from None

    def _ask(self, request: dict[str, Any], data: bytes = b"") -> dict[str, Any]:
        name = request["name"]
        with self._lock:
            if self._tainted and "regions" not in request:
                self._end()
            try:
                payload = self._exchange(json.dumps(request).encode() + b"\n" + data)
            except (OSError, EOFError):
                late = self._late
                self._kill()
                if late:
                    raise BadInputError("input.timeout", file=name, limit=f"{self.limits.seconds:g}") from None
                raise CrashError(name) from None
            except BaseException:  # interrupted half-way: the worker's next answer would be to the wrong question
                self._kill()
                raise
            self._served += 1
            try:
                answer = json.loads(payload)
                peak = int(answer.get("peak", 0))
                self._tainted = bool(answer.get("tainted"))
            except (ValueError, TypeError, AttributeError, RecursionError):
                self._kill()
                raise CrashError(name) from None
            if "fault" in answer:
                self._kill()  # memory may be exhausted, or anything else wrong with it
                raise CrashError(name, str(answer["fault"]), str(answer.get("trace", "")))
            if self._served >= self.limits.files or peak > self.limits.memory // 2:
                self._end()
        if "error" in answer:
            raise _error(answer, name)
        return answer  # type: ignore[no-any-return]

    def _exchange(self, request: bytes) -> bytes:
        process = self._running()
        assert process.stdin
        assert process.stdout
        if not self._ready:
            self._timed(process, START_SECONDS, self._receive)
            self._ready = True

        def talk(process: subprocess.Popen[bytes]) -> bytes:
            assert process.stdin
            process.stdin.write(request)
            process.stdin.flush()
            return self._receive(process)

        payload = self._timed(process, self.limits.seconds, talk)
        for _ in range(codec.MAX_MORE):
            if not payload.startswith(codec.MORE_TIME):
                return payload
            self._tell(payload)
            payload = self._timed(process, self.limits.seconds, self._receive)
        raise EOFError

    def _tell(self, payload: bytes) -> None:
        """Pass on how far the worker is with pages that take long; what else it says is told to nobody."""
        numbers = [
            whole_number(text, 5) for text in payload.removeprefix(codec.MORE_TIME).decode("ascii", "replace").split()
        ]
        if self.on_pages is not None and len(numbers) == 2 and None not in numbers:
            self.on_pages(*(number or 0 for number in numbers))

    def _timed(self, process: subprocess.Popen[bytes], seconds: float, action: Any) -> bytes:
        """Do something with the process, and kill it when that takes too long (which ends the action)."""
        self._late = False

        def stop() -> None:
            self._late = True
            _kill(process)

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            answer: bytes = action(process)
            return answer
        finally:
            timer.cancel()

    @staticmethod
    def _receive(process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout
        head = process.stdout.read(8)
        size = int.from_bytes(head, "big")
        if len(head) < 8 or size > codec.MAX_BYTES:
            raise EOFError
        payload = process.stdout.read(size)
        if len(payload) < size:
            raise EOFError
        return payload

    # -- the process ----------------------------------------------------------------------------------------

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner != os.getpid():
            self._process = None
            self._let_go()
        if self._process is not None and self._process.poll() is not None:
            self._kill()
        if self._process is None:
            self._process = self._started()
            self._owner = os.getpid()
            self._served, self._ready, self._tainted = 0, False, False
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        if not sys.executable:
            raise BadInputError("input.no_worker", why="sys.executable")
        command = [*own_python("auditor.sandbox.worker"), str(self.limits.memory), str(self.limits.seconds)]
        ends: list[int] = []
        options: dict[str, Any]
        try:
            if os.name == "nt":
                options = {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
            else:
                ends += os.pipe()
                command.append(str(ends[0]))
                options = {"start_new_session": True, "pass_fds": ends[:1]}  # so that what it starts dies with it
            process = subprocess.Popen(  # noqa: S603 — our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options
            )
        except OSError as error:
            for end in ends:
                os.close(end)
            raise BadInputError("input.no_worker", why=error.strerror or str(error)) from None
        if ends:
            os.close(ends[0])
            self._lifeline = ends[1]
        return process

    def _end(self) -> None:
        """Close the input of the worker, upon which it ends by itself."""
        process = self._process
        if process is None or self._owner != os.getpid():
            self._process = None
            return
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
        self._kill()

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _kill(process)
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()
        self._let_go()

    def _let_go(self) -> None:
        """Close this process's end of the lifeline."""
        line, self._lifeline = self._lifeline, -1
        if line >= 0:
            with contextlib.suppress(OSError):
                os.close(line)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker and what it has started."""
    if process.returncode is not None:
        return
    if os.name == "nt":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _error(answer: dict[str, Any], name: str) -> BadInputError:
    """The error that the worker tells, if it is one that can be told."""
    try:
        error = BadInputError(str(answer["error"]), **answer["values"])
        str(error)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return CrashError(name)
    return error


@cache
def shared() -> Guard:
    """The worker of this process, ended with it."""
    guard = Guard()
    atexit.register(guard.close)
    return guard
