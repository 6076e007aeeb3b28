"""The routes of the office: the results of a screening, filtered, and what people decided about findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auditor.digits import whole_number
from auditor.engine.findings import Severity, Standing
from auditor.reports.headline import key_text
from auditor.serve import decided, pages
from auditor.serve.notebook import Decision
from auditor.serve.office import MOST, Decided, Office, Wanted, decision_id, key_of
from auditor.serve.office_list import office_list
from auditor.serve.replies import REPORT_POLICY, XLSX, download, said_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from auditor.serve.door import Secrets
    from auditor.serve.notebook import Notebook

NONE = "none"  # the state of a finding that nobody decided about
VIEWS = ("filings", "departments", "findings")


class OfficePages:
    """The pages over an office; `locked` ones are for reading only."""

    def __init__(self, office: Office, notebook: Notebook, known: Secrets, *, locked: bool) -> None:
        self.office, self.notebook, self.known, self.locked = office, notebook, known, locked

    def routes(self) -> list[Route]:
        """All routes; those that change anything only where it is not locked."""
        at = "/office/filing/{partition}/{filing}"
        routes = [
            Route("/office", self._at_once(self.home)),
            Route("/office/unit", self._at_once(self.unit)),
            Route("/office/rule", self._at_once(self.rule)),
            Route("/office/list", self.list),
            Route("/office/waivers", self.waivers),
            Route(at, self.filing),
            Route(f"{at}/report", self.report),
            Route(f"{at}/decisions", self.decisions),
        ]
        if not self.locked:
            routes.append(Route(f"{at}/decisions/{{finding}}", self.decide, methods=["PUT"]))
        return routes

    def _at_once(self, route: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """A route that asks the store several questions, which is opened once."""

        def opened(request: Request) -> Response:
            with self.office.open():
                return route(request)

        return opened

    def _html(self, template: str, **values: Any) -> Response:
        content = pages.page(
            template,
            mark="" if self.locked else self.known.mark,
            locked=self.locked,
            link=_link,
            kind_of=_kind,
            any=Wanted(),
            **values,
        )
        return Response(content, media_type="text/html")

    # -- what is asked for ----------------------------------------------------------------------------------------

    def _wanted(self, request: Request) -> tuple[Wanted, Decided | None, int]:
        said = request.query_params
        wanted = Wanted.of(said)
        return wanted, self._decided(wanted), whole_number(said.get("page", "1"), 7) or 1

    def _decided(self, wanted: Wanted) -> Decided | None:
        """The findings whose decisions fit; None where none are asked for."""
        if not wanted.who and wanted.state not in (NONE, *Standing):
            return None
        found = [
            decision_id(key, finding)
            for key, finding, decision in self.notebook.all_decisions()
            if _fits(decision, wanted)
        ]
        return Decided(found, within=bool(wanted.who) or wanted.state != NONE)

    # -- pages ----------------------------------------------------------------------------------------------------

    def home(self, request: Request) -> Response:
        """Filings, departments or findings that fit, the worst first."""
        wanted, fitting, number = self._wanted(request)
        asked = request.query_params.get("view", VIEWS[0])
        view = asked if asked in VIEWS else VIEWS[0]
        values: dict[str, Any] = {"totals": self.office.totals(wanted, fitting)}
        if view == "filings":
            values["page"] = self.office.filings(wanted, number, fitting)
            values["picture"] = self.office.picture(values["page"].rows)
        elif view == "departments":
            values["departments"] = self.office.departments(wanted, fitting)
        else:
            values |= self._hits(wanted, fitting, number)
        return self._html(
            "office", wanted=wanted, view=view, views=VIEWS, choices=self.office.choices(), **_CHOICES, **values
        )

    def _hits(self, wanted: Wanted, fitting: Decided | None, number: int) -> dict[str, Any]:
        page = self.office.hits(wanted, number, fitting)
        said = {key: self.notebook.decisions(key) for key in {key_of(row) for row in page.rows}}
        return {
            "page": page,
            "hits": [(row, said[key_of(row)].get(row["id"], Decision())) for row in page.rows],
            "standings": list(Standing),
        }

    def unit(self, request: Request) -> Response:
        """One unit: its years side by side, rule by rule."""
        entity = request.query_params.get("entity", "")
        filings, counts = self.office.unit_years(entity)
        if not filings:
            raise HTTPException(404)
        cells = {(row["partition"], row["filing"], row["rule"]): row["n"] for row in counts}
        titles = {row["rule"]: row["title"] for row in counts}
        lines = [
            (rule, title, [cells.get((one["partition"], one["filing"], rule), 0) for one in filings])
            for rule, title in titles.items()
        ]
        wanted = Wanted(entity=entity)
        return self._html("office_unit", filings=filings, lines=lines, wanted=wanted, **self._hits(wanted, None, 1))

    def rule(self, request: Request) -> Response:
        """One rule: over the years, all its hits, and how many of them people found right."""
        wanted, fitting, number = self._wanted(request)
        years = self.office.rule_years(wanted.rule)
        if not years:
            raise HTTPException(404)
        values = self._hits(wanted, fitting, number)
        title = next((row["title"] for row in values["page"].rows if row["rule"] == wanted.rule), "")
        right, wrong = self._judged(wanted.rule)
        return self._html(
            "office_rule", wanted=wanted, years=years, title=title, right=right, judged=right + wrong, **values
        )

    def _judged(self, rule: str) -> tuple[int, int]:
        """How many findings of a rule people found right (confirmed, or changed since), and how many they let stand."""
        told = {
            decision_id(key, finding): decision.state
            for key, finding, decision in self.notebook.all_decisions()
            if decision.state
        }
        hits = self.office.all_hits(Wanted(rule=rule), Decided(list(told)))
        states = [told[decision_id(key_of(row), row["id"])] for row in hits]
        right = sum(state in (Standing.CONFIRMED, Standing.CHANGED) for state in states)
        return right, states.count(Standing.WAIVED)

    # -- one filing -----------------------------------------------------------------------------------------------

    def _filing(self, request: Request) -> Mapping[str, Any]:
        found = self.office.filing(request.path_params["partition"], request.path_params["filing"])
        if found is None:
            raise HTTPException(404)
        return found

    def filing(self, request: Request) -> Response:
        """The report of one filing in place."""
        filing = self._filing(request)
        return self._html("office_filing", wanted=Wanted(), filing=filing, there=self.office.report(filing) is not None)

    def report(self, request: Request) -> Response:
        """The report of a filing, as the screening wrote it."""
        path = self.office.report(self._filing(request))
        if path is None:
            raise HTTPException(404)
        return Response(path.read_bytes(), media_type="text/html", headers={"content-security-policy": REPORT_POLICY})

    def decisions(self, request: Request) -> Response:
        """What was decided about the findings of a filing."""
        found = self.notebook.decisions(key_of(self._filing(request)))
        return JSONResponse({finding: decision._asdict() for finding, decision in found.items()})

    async def decide(self, request: Request) -> Response:
        """Keep a decision about a finding."""
        filing, said = self._filing(request), await said_by(request)
        decision = decided.checked(request.path_params["finding"], said)
        if decision is None:
            raise HTTPException(400)
        self.notebook.decide(key_of(filing), request.path_params["finding"], decision)
        return JSONResponse({})

    # -- what is taken away ---------------------------------------------------------------------------------------

    def list(self, request: Request) -> Response:
        """疑点清单.xlsx of the findings that fit."""
        wanted, fitting, _ = self._wanted(request)
        hits = self.office.all_hits(wanted, fitting)
        return download(office_list(self.office.folder, hits, self.notebook), "疑点清单.xlsx", XLSX)

    def waivers(self, _: Request) -> Response:
        """All decisions as `waivers.yaml`, for the next screening."""
        return download(decided.waivers_yaml(self.notebook.all_decisions()).encode(), "waivers.yaml", "text/yaml")


_CHOICES = {"severities": list(Severity), "standings_asked": list(Standing), "most": MOST}


def _fits(decision: Decision, wanted: Wanted) -> bool:
    """Whether a decision is of who is asked for, and in that state; without a name, `NONE` is all but those decided."""
    if wanted.state == NONE and not wanted.who:
        return bool(decision.state)
    state = "" if wanted.state == NONE else wanted.state or decision.state
    return decision.state == state and wanted.who in ("", decision.who)


def _link(path: str, wanted: Wanted, **changes: Any) -> str:
    """An address within the office: what is asked for, with changes."""
    said = {name: value for name, value in (wanted.said() | changes).items() if value not in ("", 0, None)}
    return f"{path}?{urlencode(said)}" if said else path


def _kind(row: Mapping[str, Any]) -> str:
    return key_text(row["year"], row["report"], row["edition"])
