"""The program behind the page: one for each state folder, listening on this machine alone."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from collections.abc import Callable

    import uvicorn

    from auditor.serve.desk import Desk, Terms
    from auditor.serve.door import Door
    from auditor.serve.office import Office

HERE = "127.0.0.1"
ADDRESS = "address"  # where the page of the running program is


def state_folder() -> Path:
    """Where the page keeps what it keeps: `AUDITOR_STATE`, else the user's folder for that."""
    if chosen := os.environ.get("AUDITOR_STATE"):
        return Path(chosen)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "auditor" / "state"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "auditor"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "auditor"


class OneProgram:
    """Held while the program runs: a second one over the same folder finds the first. A killed one holds nothing."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine = sqlite3.connect(folder / "running.sqlite", timeout=0, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise AuditorError("serve.no_folder", path=str(folder), why=str(error)) from None
        self._address = folder / ADDRESS
        self.is_first = True
        try:
            self._engine.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            self.is_first = False

    def other(self) -> str:
        """The address of the page of the program that was first; '' where it cannot be read."""
        with suppress(OSError, UnicodeDecodeError):
            return self._address.read_text("utf-8").strip()
        return ""

    def tell(self, address: str) -> None:
        """Note the address, for this user alone."""
        self._address.unlink(missing_ok=True)
        with os.fdopen(os.open(self._address, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(address)

    def close(self) -> None:
        """Let the next one begin."""
        if self.is_first:
            self._address.unlink(missing_ok=True)
        self._engine.close()


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: the state folder, the port (0: any), the results of a screening, the address to share them at."""

    folder: Path
    port: int = 0
    results: Path | None = None
    share: str = ""


def serve(served: Served, terms: Terms, shown: Callable[[str], None], shared: Callable[[str], None]) -> None:
    """Serve the page until it is stopped; `shown` and `shared` are called with addresses that can be asked."""
    from auditor.serve.desk import Desk
    from auditor.serve.office import Office

    one = OneProgram(served.folder)
    try:
        if not one.is_first:
            shown(one.other())
            return
        office = Office(served.results) if served.results else None
        desk = Desk(served.folder, terms)
        try:
            _serve(served, desk, office, one, shown, shared)
        finally:
            desk.close()
    finally:
        one.close()


def _serve(
    served: Served,
    desk: Desk,
    office: Office | None,
    one: OneProgram,
    shown: Callable[[str], None],
    shared: Callable[[str], None],
) -> None:
    from auditor.serve.app import application, shared_application
    from auditor.serve.door import Secrets

    listening = _socket(HERE, served.port)
    running: list[uvicorn.Server] = []

    def end() -> None:
        for server in running:
            server.should_exit = True

    known, port = Secrets(), listening.getsockname()[1]
    running.append(_server(application(desk, known, port, end, office)))
    others = None
    if office is not None and served.share:
        there = _socket(served.share, 0)
        reading, host = Secrets(), f"{served.share}:{there.getsockname()[1]}"
        running.append(_server(shared_application(desk, reading, host, office)))
        others = Thread(target=running[1].run, kwargs={"sockets": [there]}, daemon=True)
        others.start()
        shared(f"http://{host}/?key={reading.key}")
    address = f"http://{HERE}:{port}/?key={known.key}"
    one.tell(address)
    shown(address)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with suppress(KeyboardInterrupt):
            running[0].run(sockets=[listening])
    finally:
        end()
        if others is not None:
            others.join(10)


def _server(app: Door) -> uvicorn.Server:
    import uvicorn

    options: dict[str, Any] = {"access_log": False, "server_header": False, "lifespan": "off", "ws": "none"}
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", http="h11", **options))


def _interrupt(*_: object) -> None:
    """End as an interruption from the keyboard does: the desk is tidied."""
    raise KeyboardInterrupt


def _socket(host: str, port: int) -> socket.socket:
    """A socket that listens at one address of this machine alone; port 0 is any that is free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(64)
    except OSError as error:
        listening.close()
        raise AuditorError("serve.port", port=f"{host}:{port}", why=error.strerror or str(error)) from None
    return listening
