"""Answers and questions that all routes share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_TOLD = 2 * 1024 * 1024  # bytes of what the page tells (labels of a drop, a decision)
# A report may run its own script, print and save; it is of no origin, so it reaches nothing of the page.
REPORT_POLICY = "sandbox allow-scripts allow-modals allow-downloads; frame-ancestors 'self'"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def said_by(request: Request) -> Any:
    """What the page tells, as data."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_TOLD:
            raise HTTPException(413)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400) from None


def download(data: bytes, name: str, kind: str) -> Response:
    """A file to be saved."""
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=kind, headers=headers)
