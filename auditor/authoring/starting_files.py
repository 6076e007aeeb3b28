"""Starting files for rule authors: rules (and a form of one's own) with a comment on every key, ready to be changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from auditor.forms import file_keys as form_keys
from auditor.messages import say
from auditor.model.tables import Layout
from auditor.model.units import Kind
from auditor.rules.rule import RULE

if TYPE_CHECKING:
    from jinja2 import Environment

    from auditor.model.tables import Table
    from auditor.yamlfiles.keys import Entry

_MORE = (
    "covers",
    "absent",
    "any_of",
    "otherwise",
    "report",
    "edition",
    "entity_kind",
    "family",
    "place",
    "until",
    "once",
    "replaces",
    "en",
)
OWN_TABLE = "我的会议培训费表"


@dataclass(frozen=True, slots=True)
class _Start:
    """What one rule of a starting file says."""

    title: str
    statement: str
    good: str
    bad: str
    loop: str = ""
    when: str = ""
    words: tuple[str, ...] = ()


def forms_file() -> str:
    """A form file with one made-up table, commented in the language in use."""
    return _environment().get_template("forms.yaml.j2").render()


def rules_file(table: Table | None, prefix: str, folder: str) -> str:
    """A rule file with two rules, one of them with a condition: on a standard table, or on the made-up one."""
    first, second = _own() if table is None else _on(table)
    return (
        _environment()
        .get_template("rules.yaml.j2")
        .render(
            first=first,
            second=second,
            table=table.name if table else OWN_TABLE,
            prefix=prefix,
            folder=folder,
            more=_MORE,
        )
    )


def _own() -> tuple[_Start, _Start]:
    table = (
        "|\n      项目 | 预算数 | 决算数\n      会议费 | 3.00 | 2.50\n      培训费 | 2.00 | 1.50\n      合计 | 5.00 | "
    )
    return (
        _Start(
            "合计等于各项费用之和",
            "本表[合计] = sum(本表[各项费用])",
            f"{table}4.00",
            f"{table}4.50",
            loop="column in 金额栏",
        ),
        _Start(
            "有预算的，决算不超过预算",
            "本表[合计].决算数 <= 本表[合计].预算数",
            "{合计.预算数: 5.00, 合计.决算数: 4.00}",
            "{合计.预算数: 5.00, 合计.决算数: 6.00}",
            when="本表[合计].预算数 > 0",
        ),
    )


def _on(table: Table) -> tuple[_Start, _Start]:
    """Two rules on two amounts of a standard table, to be changed into what must hold."""
    one, other = _two_figures(table)
    first = _Start(
        f"{_bare(one)} 不为负数",
        f"本表{one} >= 0",
        f'{{"{table.name}{one}": 5.00}}',
        f'{{"{table.name}{one}": -5.00}}',
        words=tuple(_words(table)),
    )
    both = '{{"{table}{one}": {a}, "{table}{other}": {b}}}'
    second = _Start(
        f"有 {_bare(other)} 的，{_bare(one)} 不小于它",
        f"本表{one} >= 本表{other}",
        both.format(table=table.name, one=one, other=other, a="5.00", b="4.00"),
        both.format(table=table.name, one=one, other=other, a="5.00", b="6.00"),
        when=f"本表{other} > 0",
    )
    return first, second


def _bare(address: str) -> str:
    return address.replace("[", "").replace("].", "的").replace("]", "").lstrip(".")


def _two_figures(table: Table) -> tuple[str, str]:
    """The addresses of two amounts of a table, without its name."""
    found = []
    for lane in table.lanes:
        many = len(lane.columns) > 1
        for row in lane.rows:
            if row.kind in (None, Kind.AMOUNT):
                found += [
                    f"[{row.name}]" + (f".{column.name}" if many else "")
                    for column in lane.columns
                    if column.kind is Kind.AMOUNT
                ]
    if not table.lanes:
        first = "" if table.layout is Layout.CELLS else f"[{table.rows[0].name if table.rows else '208'}]"
        amounts = [column for column in table.columns if column.kind is Kind.AMOUNT]
        places = [first] if len(amounts) > 1 else [first, "[208]"]
        found = [place + (f".{column.name}" if column.name else "") for place in places for column in amounts]
    return found[0], found[1] if len(found) > 1 else found[0]


def _words(table: Table) -> list[str]:
    """The names that statements on a table may use."""
    pairs = [
        ("new.rows", [row.name for row in table.named_rows.values()]),
        ("new.columns", [name for name in table.column_names if name]),
        ("new.groups", [*table.row_groups, *table.column_groups]),
    ]
    return [f"{say(key)}{'、'.join(names)}" for key, names in pairs if names]


@cache
def _entries() -> dict[str, Entry]:
    found = {"rule": RULE}
    return found | {value.name: value for value in vars(form_keys).values() if type(value) is type(RULE)}


def _about(entry: str, key: str) -> str:
    kind = _entries()[entry]
    return kind.about(kind[key])


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment: Any = Environment(  # writes YAML for an editor, no HTML
        loader=PackageLoader("auditor.authoring"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    environment.globals |= {"t": say, "about": _about}
    return environment  # type: ignore[no-any-return]
