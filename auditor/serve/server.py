"""The program behind the page: one for each state folder, listening on this machine alone."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.serve.desk import Terms

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


def serve(folder: Path, terms: Terms, port: int, shown: Callable[[str], None]) -> None:
    """Serve the page until it is stopped; `shown` is called with its address, once it can be asked."""
    import uvicorn

    from auditor.serve.app import application
    from auditor.serve.desk import Desk
    from auditor.serve.door import Secrets

    one = OneProgram(folder)
    try:
        if not one.is_first:
            shown(one.other())
            return
        listening = _socket(port)
        port = listening.getsockname()[1]
        known = Secrets()
        desk = Desk(folder, terms)
        try:
            running: list[uvicorn.Server] = []

            def end() -> None:
                running[0].should_exit = True

            app = application(desk, known, port, end)
            config = uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False, lifespan="off", ws="none", http="h11"
            )
            running.append(uvicorn.Server(config))
            address = f"http://{HERE}:{port}/?key={known.key}"
            one.tell(address)
            shown(address)
            signal.signal(signal.SIGTERM, _interrupt)
            with suppress(KeyboardInterrupt):
                running[0].run(sockets=[listening])
        finally:
            desk.close()
    finally:
        one.close()


def _interrupt(*_: object) -> None:
    """End as an interruption from the keyboard does: the desk is tidied."""
    raise KeyboardInterrupt


def _socket(port: int) -> socket.socket:
    """A socket that listens on this machine alone; port 0 is any that is free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HERE, port))
        listening.listen(64)
    except OSError as error:
        listening.close()
        raise AuditorError("serve.port", port=port, why=error.strerror or str(error)) from None
    return listening
