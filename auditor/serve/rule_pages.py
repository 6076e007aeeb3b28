"""The routes of the rule author: a rule file is tried against an opened filing, and saved to the own folder."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auditor.errors import AuditorError
from auditor.run.output import write_file
from auditor.serve import pages
from auditor.serve.desk import alone
from auditor.serve.replies import said_by
from auditor.serve.rule_worker import Trial

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from auditor.serve.desk import Desk
    from auditor.serve.door import Secrets
    from auditor.serve.notebook import Noted

SECONDS = 120  # that a trial may take
MAX_TEXT = 200_000  # characters of a rule file
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")  # of a saved file; nothing else of a name reaches the disk

_ID = re.compile(r"""^[ -]*id: *["']?([A-Z][A-Z0-9-]*)""", re.MULTILINE)


class RulePages:
    """The pages over the own rules of a desk. One rule file is tried at a time."""

    def __init__(self, desk: Desk, known: Secrets) -> None:
        self.desk, self.known = desk, known
        self._turn = threading.Lock()

    def routes(self) -> list[Route]:
        """All routes."""
        return [
            Route("/rules", self.home),
            Route("/rules/try", self.trial, methods=["POST"]),
            Route("/rules/file/{name}", self.read),
            Route("/rules/file/{name}", self.save, methods=["PUT"]),
            Route("/rules/file/{name}/delete", self.delete, methods=["POST"]),
        ]

    def home(self, _: Request) -> Response:
        """The bench: own files, opened filings, the text."""
        filings = [noted for noted in self.desk.notebook.page(1, "new") if self._files(noted)]
        content = pages.page(
            "rules",
            mark=self.known.mark,
            files=sorted(path.stem for path in self.desk.rules.glob("*.yaml")),
            filings=filings,
            folder=str(self.desk.rules),
            locked=False,
        )
        return Response(content, media_type="text/html")

    async def trial(self, request: Request) -> Response:
        """Try a text."""
        from starlette.concurrency import run_in_threadpool

        return JSONResponse(await run_in_threadpool(self._tried, *self._told(await said_by(request))))

    def _told(self, said: Any) -> tuple[str, Noted | None]:
        text, filing = (said.get("text"), said.get("filing")) if isinstance(said, dict) else (None, None)
        if not isinstance(text, str) or not isinstance(filing, str) or len(text) > MAX_TEXT:
            raise HTTPException(400)
        return text, self.desk.notebook.filing(filing)

    def _tried(self, text: str, noted: Noted | None) -> dict[str, Any]:
        from auditor.sandbox.guard import own_python

        terms = self.desk.terms
        files = self._files(noted) if noted else []
        trial = Trial(text, files, terms.language, terms.config, list(terms.rules))
        with self._turn:
            process = subprocess.Popen(  # noqa: S603 — our own interpreter and module
                own_python("auditor.serve.rule_worker"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                **alone(),
            )
            try:
                answer, _ = process.communicate(trial.line(), SECONDS)
                tried: dict[str, Any] = json.loads(answer)
            except (subprocess.TimeoutExpired, ValueError):
                raise AuditorError("author.failed", seconds=SECONDS) from None
            finally:
                process.kill()
                process.wait()
        return tried

    def _files(self, noted: Noted) -> list[list[str]]:
        """The files of a filing that are still here: where they lie, members, names."""
        found = [(self.desk.original(noted, source), source) for source in noted.sources]
        return [[str(path), source.member, source.name] for path, source in found if path is not None]

    # -- own files ------------------------------------------------------------------------------------------------

    def _path(self, request: Request) -> Path:
        name = request.path_params["name"]
        if not NAME.fullmatch(name):
            raise AuditorError("author.name")
        return self.desk.rules / f"{name}.yaml"

    def read(self, request: Request) -> Response:
        """The text of an own file."""
        path = self._path(request)
        if not path.is_file():
            raise HTTPException(404)
        return JSONResponse({"text": path.read_text("utf-8", "replace")})

    async def save(self, request: Request) -> Response:
        """Save a text that was tried and found good; the next drop is audited with it."""
        from starlette.concurrency import run_in_threadpool

        path, (text, _) = self._path(request), self._told(await said_by(request))
        tried = await run_in_threadpool(self._tried, text, None)
        if not tried["good"]:
            raise AuditorError("author.not_good")
        for other in sorted(self.desk.rules.glob("*.yaml")):
            known = set(_ID.findall(other.read_text("utf-8", "replace"))) if other != path else set()
            for identity in known.intersection(tried["ids"]):
                raise AuditorError("author.taken", rule=identity, file=other.name)
        write_file(path, text)
        return JSONResponse({})

    def delete(self, request: Request) -> Response:
        """Delete an own file."""
        self._path(request).unlink(missing_ok=True)
        return JSONResponse({})
