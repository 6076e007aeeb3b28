"""The door: who may ask the page for anything, and what a browser may do with what it is given.

Only this machine reaches it (it listens on 127.0.0.1; what is shared for reading, at the address that was given).
A request must name this very address (no other name that
somebody lets point here), must come with the key (once in the address that the program opens, then as a cookie), and
what changes anything must come from the page itself: same origin, and the mark that only the page knows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import RedirectResponse, Response

from auditor.messages import say, use_language
from auditor.serve.pages import page

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = "x-auditor"  # the header with which the page shows that it is the page
KEY = "key"
READING = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a browser must know: the key of the address, the cookie, the mark of the page. New with every start."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    mark: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class Door:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], known: Secrets, language: str) -> None:
        self.app, self.known, self.language, self.hosts = app, known, language, hosts
        self.cookie = f"auditor-{next(iter(hosts)).rpartition(':')[2]}"  # cookies do not tell ports apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] != "http":
            return
        use_language(self.language)
        answer = self._refused(scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in own if pair[0] not in given)]
            await send(message)

        await (answer or self.app)(scope, receive, guarded)

    def _refused(self, scope: Scope) -> Response | None:
        """The answer to who may not come in (or is given the cookie first); None for who may."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if host not in self.hosts:
            return Response(say("serve.wrong_host"), 421, media_type="text/plain; charset=utf-8")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _is_arrival(headers):
            return _forbidden()
        given = parse_qs(scope["query_string"].decode("latin-1")).get(KEY, [""])[0]
        if scope["method"] in READING and scope["path"] == "/" and _same(given, self.known.key):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self.cookie, self.known.cookie, httponly=True, samesite="strict")
            return answer
        if not _same(_cookie(headers.get("cookie", ""), self.cookie), self.known.cookie):
            return Response(page("closed"), 403, media_type="text/html")
        if scope["method"] in READING:
            return None
        if headers.get("origin") != f"http://{host}" or not _same(headers.get(MARK, ""), self.known.mark):
            return _forbidden()
        return None


def _is_arrival(headers: dict[str, str]) -> bool:
    """Whether somebody follows a link to the page from elsewhere: a whole window goes there."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _forbidden() -> Response:
    return Response(say("serve.forbidden"), 403, media_type="text/plain; charset=utf-8")


def _same(given: str, known: str) -> bool:
    return secrets.compare_digest(given.encode(), known.encode())


def _cookie(text: str, name: str) -> str:
    try:
        cookies = SimpleCookie(text)
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""
