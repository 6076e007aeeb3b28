"""A real browser without network, driven over a pipe: pages are opened from disk, keys are pressed, windows resized."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND"
PATIENCE = 15  # seconds for one answer
_START = """
import os, sys
low, high = (os.dup(int(number)) for number in sys.argv[1:3])
low, high = os.dup(low), os.dup(high)
os.dup2(low, 3)
os.dup2(high, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""  # the browser reads from 3 and writes to 4
_THROUGHPUT = ("downloadThroughput", "uploadThroughput")
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowDown": 40}


class Browser:
    """One page of one browser. The network is off; `local` pages may be asked for at 127.0.0.1."""

    def __init__(self, folder: Path, *, local: bool = False) -> None:
        assert CHROMIUM
        self.folder = folder
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        nowhere = f"{NOWHERE}, EXCLUDE 127.0.0.1" if local else NOWHERE
        options = [*FLAGS, nowhere, "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(to_browser), str(from_browser), CHROMIUM, *options],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._number, self._rest = 0, b""
        self.requests: list[str] = []
        self._session, self._loaded = "", False
        page = next(item for item in self.ask("Target.getTargets")["targetInfos"] if item["type"] == "page")
        self._session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Network.emulateNetworkConditions", offline=not local, latency=0, **dict.fromkeys(_THROUGHPUT, -1))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert select.select([self._in], [], [], PATIENCE)[0], "the browser does not answer"
            read = os.read(self._in, 1 << 20)
            assert read, "the browser is gone"
            self._rest += read
        one, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(one)
        self._loaded = self._loaded or message.get("method") == "Page.loadEventFired"
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        return message

    def open(self, path: Path, *, width: int = 1280, height: int = 1000) -> None:
        """Open a file in a window of this size and wait until it is there."""
        self.requests, self._loaded = [], False
        self.resize(width, height)
        self.ask("Page.navigate", url=path.as_uri())
        while not self._loaded:
            self._next()
        assert self.run("location.protocol") == "file:"

    def go(self, url: str, *, width: int = 1280, height: int = 1000) -> None:
        """Go to an address in a window of this size and wait until it is there."""
        self.requests = []
        self.resize(width, height)
        self.run("window.before = true")  # a load event may still be that of the page before
        self.ask("Page.navigate", url=url)
        self.wait("!window.before && document.readyState === 'complete'")

    def wait(self, expression: str, seconds: float = 180) -> Any:
        """Wait until an expression is true, across pages, and return its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
            if "exceptionDetails" not in answer and answer["result"].get("value"):
                return answer["result"]["value"]
            time.sleep(0.2)
        raise AssertionError((expression, self.run("document.body.innerText.slice(0, 2000)")))

    def drop(self, paths: Iterable[Path], x: int = 300, y: int = 300) -> None:
        """Drag files or folders into the window and let go."""
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.ask("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def choose(self, selector: str, paths: Iterable[Path]) -> None:
        """Choose files, or one folder, in the dialogue of an input."""
        found = self.ask("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")["result"]
        self.ask("DOM.setFileInputFiles", files=[str(path) for path in paths], objectId=found["objectId"])

    def within(self, expression: str) -> Any:
        """Evaluate an expression in the frame of the page, which is of no origin and may be in a process of its own."""
        page, self._session = self._session, ""
        try:
            frame = next(one for one in self.ask("Target.getTargets")["targetInfos"] if one["type"] == "iframe")
            self._session = self.ask("Target.attachToTarget", targetId=frame["targetId"], flatten=True)["sessionId"]
            return self.run(expression)
        finally:
            self._session = page

    def resize(self, width: int, height: int) -> None:
        """Give the window a size, in CSS pixels."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def run(self, expression: str) -> Any:
        """Evaluate an expression in the page and return its value."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        text = {"Enter": "\r", " ": " "}.get(key)
        for _ in range(times):
            pressed: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
            self.ask("Input.dispatchKeyEvent", type="keyDown", **pressed, **({"text": text} if text else {}))
            self.ask("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.ask("Input.insertText", text=text)

    def tab_to(self, selector: str, limit: int = 200) -> None:
        """Press Tab until an element has the focus."""
        for _ in range(limit):
            self.press("Tab")
            if self.run(f"document.activeElement.matches({json.dumps(selector)})"):
                return
        raise AssertionError(selector)

    def picture(self) -> bytes:
        """The window as a PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def printed(self) -> bytes:
        """The page as a PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])

    def downloads(self) -> Path:
        """Let the page save files, into the folder returned."""
        folder = self.folder / "saved"
        folder.mkdir(exist_ok=True)
        session, self._session = self._session, ""
        self.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self._session = session
        return folder
