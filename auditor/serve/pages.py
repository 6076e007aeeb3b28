"""Templates and own files of the page. Everything that is filled in is escaped."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from auditor.messages import catalogue, language
from auditor.reports.pages import templates_of

OWN = {"desk.js": "text/javascript; charset=utf-8", "desk.css": "text/css; charset=utf-8"}


def page(template: str, **values: Any) -> str:
    """Fill a template in the language in use."""
    sentences = catalogue(language())
    names = [key.partition(".")[2] for key in sentences if key.startswith("script.")]
    said = {name: sentences[f"script.{name}"] for name in names}  # what the script says
    return (
        templates_of("auditor.serve")
        .get_template(f"{template}.html.j2")
        .render(lang="zh-CN" if language() == "zh" else "en", said=json.dumps(said, ensure_ascii=False), **values)
    )


@cache
def own_file(name: str) -> bytes:
    """A file of the program's own: script or style sheet."""
    return files("auditor.serve").joinpath(f"static/{name}").read_bytes()
