"""What all pages share: templates, style sheet, script, and the policy that keeps anything else from running."""

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
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("auditor.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["t"] = say
    return environment


@cache
def _own(name: str) -> str:
    """A file of the program's own beside the templates."""
    return files("auditor.reports").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def policy(script: str) -> str:
    """What a page may do: its own style, this very script, pictures inside the page; nothing from anywhere else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def rendered(template: str, script: str, **values: Any) -> str:
    """Fill a template; everything is escaped but the program's own style sheet and script."""
    from markupsafe import Markup

    own = _own(script)
    return _environment().get_template(template).render(
        lang="zh-CN" if language() == "zh" else "en", style=Markup(_own(STYLE)), script=Markup(own),
        policy=policy(own), **values,
    )  # fmt: skip


def sentence(parts: list[str]) -> str:
    """Clauses as one sentence."""
    joiner, end = ("；", "。") if language() == "zh" else ("; ", ".")
    return joiner.join(parts) + end
