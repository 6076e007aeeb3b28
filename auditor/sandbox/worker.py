"""The process that parses files: `python -m auditor.sandbox.worker MEMORY SECONDS [LIFELINE]`.

It answers requests on standard input, one at a time, until the input ends. A request is a line of JSON, followed by
the bytes of the file where it gives their `size`; an answer is eight bytes of length and as much JSON: a document,
the members of an archive, an error (message key and values), or the traceback of a fault of the program. Before it
there may be messages that ask for more time. LIFELINE is a pipe whose other end the parent holds open: the worker, and
what it has started, is killed when that ends, whatever it is doing.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from auditor.errors import BadInputError, where
from auditor.limits import MB, bound_memory, bound_time, on_more_time, rare_collections
from auditor.readers import load, read_bytes, refuse_own
from auditor.sandbox import ARCHIVE_MARK, codec

if TYPE_CHECKING:
    from auditor.sandbox.archive import Archive


class Worker:
    """Answers requests; keeps the archive that was opened last."""

    def __init__(self) -> None:
        self._archive: Archive | None = None
        self._path = ""

    def answer(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Answer one request."""
        name = request["name"]
        if "path" not in request:
            return {"document": codec.pack(read_bytes(data, name))}
        path = request["path"]
        if request.get("list"):
            return {"members": self._members(path, name)}
        data, name = self._content(path, name, request.get("member", ""))
        if "regions" in request:
            from auditor.annotate.page_pictures import draw
            from auditor.readers.pdf.typefaces import tainted

            return {"pictures": draw(data, name, request["sha256"], request["regions"]), "tainted": tainted()}
        if "notes" in request:
            from auditor.annotate import annotate

            return annotate(data, name, request["sha256"], request["notes"])
        refuse_own(data, name)
        return {"document": codec.pack(read_bytes(data, name))}

    def _content(self, path: str, name: str, member: str) -> tuple[bytes, str]:
        """The bytes of a file, or of a member of an archive, and the name to show."""
        if not member:
            return load(Path(path)), name
        archive = self._opened(path, name)
        name = f"{name}{ARCHIVE_MARK}{archive.shown(member)}"
        return archive.read(member, name), name

    def _members(self, path: str, name: str) -> list[tuple[str, str]] | None:
        """The members of an archive; None for a file that is none."""
        from auditor.readers.detect import kind_of

        if kind_of(load(Path(path)), name) != "ZIP":
            return None
        return self._opened(path, name).members

    def _opened(self, path: str, name: str) -> Archive:
        from auditor.sandbox.archive import Archive

        if self._archive is None or self._path != path:
            self._archive, self._path = Archive(load(Path(path)), name), path
        return self._archive


@rare_collections()
def serve(requests: BinaryIO, answers: BinaryIO, seconds: float) -> None:
    """Answer requests until the input ends."""
    import traceback

    worker = Worker()

    def more_time(done: int, total: int) -> None:
        bound_time(seconds)
        _send(answers, codec.MORE_TIME + f" {done} {total}".encode())

    on_more_time(more_time)
    _send(answers, b"{}")
    while line := requests.readline():
        request = json.loads(line)
        bound_time(seconds)
        try:
            answer = worker.answer(request, requests.read(request.get("size", 0)))
            payload = codec.dumps(answer | {"peak": _peak()})
            if len(payload) > codec.MAX_BYTES:
                payload = codec.dumps({"error": "input.bomb", "values": {"file": request["name"]}})
        except BadInputError as error:
            payload = codec.dumps({"error": error.key, "values": error.values})
        except MemoryError:
            payload = codec.dumps({"fault": ""})
        except Exception as fault:  # noqa: BLE001 — whatever a hostile file does to a parser ends here, told to the parent
            payload = codec.dumps({"fault": where(fault), "trace": traceback.format_exc()})
        answer = {}
        _send(answers, payload)


def _send(answers: BinaryIO, payload: bytes) -> None:
    answers.write(len(payload).to_bytes(8, "big") + payload)
    answers.flush()


def _peak() -> int:
    """The most MB that this process has held.

    Not `getrusage`, which on Linux counts what the parent held when it started this process.
    """
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            line = next((line for line in status if line.startswith("VmHWM:")), "")
    except OSError:
        return 0
    return int(line.split()[1]) * 1024 // MB if line else 0


def live_with(lifeline: int) -> None:
    """Kill this process and its group when the other end of a pipe is closed.

    Where the system can it sends the signal itself (fcntl(2), F_SETSIG), even to a process that is stopped or busy in
    foreign code; else, and besides, a thread waits for it.
    """
    import fcntl
    import signal
    import threading

    def watch() -> None:
        os.read(lifeline, 1)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    if hasattr(fcntl, "F_SETSIG") and hasattr(os, "O_ASYNC"):
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Run the worker; nothing but answers goes to the pipe, whatever a library prints."""
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if len(sys.argv) > 3:
        live_with(int(sys.argv[3]))
    bound_memory(memory)
    try:
        serve(sys.stdin.buffer, answers, seconds)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(1)  # the parent is gone: nobody to tell


if __name__ == "__main__":
    main()
