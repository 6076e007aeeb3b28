"""Static pages of the rule book and of coverage: one file each, nothing loaded from outside."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.messages import language, say

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("auditor.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals["t"] = say
    return environment


@cache
def _style() -> Any:
    from markupsafe import Markup

    text = files("auditor.reports").joinpath("templates/style.css").read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 — the program's own style sheet


def page(template: str, **values: Any) -> str:
    """Render a page in the language in use."""
    lang = "zh-CN" if language() == "zh" else "en"
    return (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(lang=lang, language=language(), style=_style(), **values)
    )
