"""The routes of the page. What a browser says is a number, a state or a label; no path of it reaches the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from auditor.digits import whole_number
from auditor.errors import AuditorError
from auditor.messages import say
from auditor.serve import decided, pages
from auditor.serve.door import Door, Secrets
from auditor.serve.notebook import ORDERS, PAGE
from auditor.serve.office_pages import OfficePages
from auditor.serve.replies import REPORT_POLICY, XLSX, download, said_by
from auditor.serve.rule_pages import RulePages
from auditor.serve.uploads import Drop, State, TooMuchError, announced
from auditor.serve.worker import REPORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from auditor.serve.desk import Desk
    from auditor.serve.notebook import Noted
    from auditor.serve.office import Office


def application(desk: Desk, known: Secrets, port: int, end: Callable[[], None], office: Office | None = None) -> Door:
    """The page over a desk, and over the results of a screening where there are some; `end` stops the program."""
    door = _Pages(desk, known, end, office)
    routes = (
        door.routes()
        + RulePages(desk, known).routes()
        + (OfficePages(office, desk.notebook, known, locked=False).routes() if office else [])
    )
    return Door(
        _app(routes), hosts=(f"127.0.0.1:{port}", f"localhost:{port}"), known=known, language=desk.terms.language
    )


def shared_application(desk: Desk, known: Secrets, host: str, office: Office) -> Door:
    """The results of a screening for others to read, at a host (with its port): nothing else, and nothing to change."""

    def home(_: Request) -> Response:
        return RedirectResponse("/office", 303)

    routes = [
        Route("/", home),
        Route("/own/{name}", own),
        *OfficePages(office, desk.notebook, known, locked=True).routes(),
    ]
    return Door(_app(routes), hosts=(host,), known=known, language=desk.terms.language)


def _app(routes: list[Route]) -> Starlette:
    return Starlette(routes=routes, exception_handlers={AuditorError: _told, HTTPException: _http})


def own(request: Request) -> Response:
    """A file of the program's own."""
    name = request.path_params["name"]
    if name not in pages.OWN:
        raise HTTPException(404)
    return Response(pages.own_file(name), media_type=pages.OWN[name])


def _told(_: Request, error: Exception) -> Response:
    status = 413 if isinstance(error, TooMuchError) else 400
    return JSONResponse({"why": str(error)}, status)


def _http(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"why": say("serve.nothing_here" if status == 404 else "serve.forbidden")}, status)


class _Pages:
    def __init__(self, desk: Desk, known: Secrets, end: Callable[[], None], office: Office | None) -> None:
        self.desk, self.known, self.end, self.office = desk, known, end, office

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/own/{name}", own),
            Route("/filings", self.filings),
            Route("/drops", self.announce, methods=["POST"]),
            Route("/drops/{drop}", self.progress),
            Route("/drops/{drop}/files/{number:int}", self.upload, methods=["PUT"]),
            Route("/drops/{drop}/start", self.start, methods=["POST"]),
            Route("/drops/{drop}/stop", self.stop, methods=["POST"]),
            Route("/filing/{filing}", self.filing),
            Route("/filing/{filing}/report", self.report),
            Route("/filing/{filing}/list", self.list_of_one),
            Route("/filing/{filing}/copy/{number:int}", self.copy),
            Route("/filing/{filing}/decisions", self.decisions),
            Route("/filing/{filing}/decisions/{finding}", self.decide, methods=["PUT"]),
            Route("/filing/{filing}/delete", self.delete, methods=["POST"]),
            Route("/list", self.list_of_all),
            Route("/delete", self.delete_all, methods=["POST"]),
            Route("/end", self.end_all, methods=["POST"]),
        ]

    # -- pages --------------------------------------------------------------------------------------------------

    def home(self, request: Request) -> Response:
        """The first page: where files are dropped, and what was audited."""
        return self._html("home", **self._listed(request), folder=str(self.desk.folder), office=self.office is not None)

    def filings(self, request: Request) -> Response:
        """The list of what was audited, by itself."""
        return self._html("filings", **self._listed(request))

    def _listed(self, request: Request) -> dict[str, Any]:
        order = request.query_params.get("order", "new")
        order = order if order in ORDERS else "new"
        count = self.desk.notebook.count()
        last = max(1, -(-count // PAGE))
        number = min(last, max(1, whole_number(request.query_params.get("page", "1"), 7) or 1))
        filings = self.desk.notebook.page(number, order)
        return {"filings": filings, "count": count, "number": number, "last": last, "order": order}

    def filing(self, request: Request) -> Response:
        """One filing: its report in place, and what can be done with it."""
        noted = self._noted(request)
        copies = decided.copies(self.desk, noted)
        return self._html("filing", filing=noted, copies=copies)

    def _html(self, template: str, **values: Any) -> Response:
        return Response(pages.page(template, mark=self.known.mark, locked=False, **values), media_type="text/html")

    def report(self, request: Request) -> Response:
        """The report of a filing, as it was written."""
        try:
            content = self.desk.report(self._noted(request), REPORT).read_bytes()
        except OSError:
            raise HTTPException(404) from None
        return Response(content, media_type="text/html", headers={"content-security-policy": REPORT_POLICY})

    # -- drops --------------------------------------------------------------------------------------------------

    async def announce(self, request: Request) -> Response:
        """Take the names of the files of a drop, and say under which numbers their bytes are awaited."""
        said = await said_by(request)
        try:
            drop, taken = announced(self.desk.files, said["files"], kept=said["keep"] is True)
        except (KeyError, TypeError, ValueError):
            raise HTTPException(400) from None
        self.desk.open(drop)
        return JSONResponse({"id": drop.id, "taken": taken, "labels": [file.label for file in drop.files]})

    async def upload(self, request: Request) -> Response:
        """Take the bytes of one file."""
        drop, number = self._drop(request), request.path_params["number"]
        if drop.stage != "upload" or number >= len(drop.files) or drop.files[number].state is not State.WAITING:
            raise HTTPException(404)
        await drop.take(number, request.stream())
        return JSONResponse({})

    def start(self, request: Request) -> Response:
        """Audit what was taken."""
        drop = self._drop(request)
        if drop.stage == "upload":
            self.desk.start(drop)
        return JSONResponse(drop.data())

    def stop(self, request: Request) -> Response:
        """Stop the work on a drop."""
        drop = self._drop(request)
        self.desk.stop(drop)
        return JSONResponse(drop.data())

    def progress(self, request: Request) -> Response:
        """How far a drop is."""
        return JSONResponse(self._drop(request).data())

    def _drop(self, request: Request) -> Drop:
        drop = self.desk.drops.get(request.path_params["drop"])
        if drop is None:
            raise HTTPException(404)
        return drop

    # -- what people decide, and take away ------------------------------------------------------------------------

    def decisions(self, request: Request) -> Response:
        """What was decided about the findings of a filing."""
        found = self.desk.notebook.decisions(self._noted(request).key)
        return JSONResponse({finding: decision._asdict() for finding, decision in found.items()})

    async def decide(self, request: Request) -> Response:
        """Keep a decision about a finding."""
        noted, said = self._noted(request), await said_by(request)
        decision = decided.checked(request.path_params["finding"], said)
        if decision is None:
            raise HTTPException(400)
        self.desk.notebook.decide(noted.key, request.path_params["finding"], decision)
        return JSONResponse({})

    def list_of_one(self, request: Request) -> Response:
        """疑点清单.xlsx of one filing, with what was decided."""
        return self._list([self._noted(request)])

    def list_of_all(self, _: Request) -> Response:
        """疑点清单.xlsx of the last report on every filing."""
        return self._list(decided.latest(self.desk.notebook.all()))

    def _list(self, filings: list[Noted]) -> Response:
        name = f"{filings[0].title}-" if len(filings) == 1 else ""
        return download(decided.list_of_findings(self.desk, filings), f"{name}疑点清单.xlsx", XLSX)

    def copy(self, request: Request) -> Response:
        """A copy of a file of the filing with notes at its doubtful figures."""
        made = decided.annotated(self.desk, self._noted(request), request.path_params["number"])
        if made is None:
            raise HTTPException(404)
        return download(made.data, made.name, "application/octet-stream")

    # -- deleting, ending -----------------------------------------------------------------------------------------

    def delete(self, request: Request) -> Response:
        """Delete one filing."""
        self.desk.forget(self._noted(request))
        return JSONResponse({})

    def delete_all(self, _: Request) -> Response:
        """Delete everything."""
        self.desk.forget_all()
        return JSONResponse({})

    def end_all(self, _: Request) -> Response:
        """End the program."""
        self.end()
        return JSONResponse({})

    def _noted(self, request: Request) -> Noted:
        noted = self.desk.notebook.filing(request.path_params["filing"])
        if noted is None:
            raise HTTPException(404)
        return noted
