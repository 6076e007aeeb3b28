"""What all pages share: templates, style sheet, script, and the policy that keeps anything else from running.

A page is one file; nothing in it is loaded from outside.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.messages import language, say

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = "style.css"


@cache
def templates_of(package: str) -> Environment:
    """The templates of a package, everything that is filled in escaped, every name that is not there an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = say
    return environment


@cache
def _own(name: str) -> str:
    """A file of the program's own beside the templates; '' where there is none."""
    file = files("auditor.reports").joinpath(f"templates/{name}")
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def policy(script: str) -> str:
    """What a page may do: its own style, this very script, pictures inside the page; nothing from anywhere else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; " if script else ""
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {allowed}base-uri 'none'; form-action 'none'"


def rendered(template: str, **values: Any) -> str:
    """Fill a template, and put in the script that goes by its name, where there is one.

    Everything is escaped but the program's own style sheet and script.
    """
    from markupsafe import Markup

    script = _own(f"{template}.js")
    return (
        templates_of("auditor.reports")
        .get_template(f"{template}.html.j2")
        .render(
            lang="zh-CN" if language() == "zh" else "en",
            language=language(),
            style=Markup(_own(STYLE)),
            script=Markup(script),
            policy=policy(script),
            **values,
        )
    )
