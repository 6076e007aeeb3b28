"""auditor: proves or disproves the figures of Chinese public-sector disclosures (部门预算公开、部门决算公开).

The public door: `Filing.from_frames` makes a filing from pandas tables, `audit` audits filings and gives frames,
`load_rules` loads the rule book. Everything heavy is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.api import AuditFrames, Filing, audit
    from auditor.rules.book import RuleBook, load_rules

__version__ = "0.1.0"
__all__ = ["AuditFrames", "Filing", "RuleBook", "audit", "load_rules"]

_HOMES = {
    "AuditFrames": "auditor.api",
    "audit": "auditor.api",
    "Filing": "auditor.api",
    "RuleBook": "auditor.rules.book",
    "load_rules": "auditor.rules.book",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'auditor' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
