"""Texts from outside become numbers in one place, and reach reports without what no text should hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from auditor.digits import whole_number
from auditor.errors import RuleError
from auditor.messages import clean, printable
from auditor.model.facts import Address, Place, fact_of
from auditor.model.numbers import State, parse_literal
from auditor.model.units import Kind
from auditor.readers.workbook.number_formats import general, shown
from auditor.reports.json_report import dumps
from auditor.reports.workbook import Book
from auditor.rules.statement import parse_statement

ROOT = Path(__file__).parent.parent / "auditor"
# what these turn into integers and floats are arrays, pictures, own counts and answers checked by their type
OF_ARRAYS = (
    "engine/", "testing/", "api.py", "reports/trace.py", "authoring/examples.py", "authoring/redundancy.py",
    "annotate/page_pictures.py", "readers/pdf/page_picture.py", "readers/word/doc.py", "readers/workbook/workbook_reader.py",
    "sandbox/", "screening/store.py", "serve/notebook.py", "serve/office.py", "screening/partitions.py", "reports/junit_report.py", "digits.py",
)  # fmt: skip
TELLING = {"isdigit", "isdecimal", "isnumeric"}
NUMERIC = (ast.BinOp, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Constant)
SURE = {"sum", "max", "bool", "any", "all", "is_form_of"}  # calls that give numbers and truths


def _name(call: ast.expr) -> str:
    return call.id if isinstance(call, ast.Name) else call.attr if isinstance(call, ast.Attribute) else ""


def _found(tree: ast.AST, *, of_arrays: bool) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in TELLING:
            yield node.lineno, node.attr
        if of_arrays or not isinstance(node, ast.Call) or _name(node.func) not in ("int", "float") or not node.args:
            continue
        given = node.args[0]
        if isinstance(given, NUMERIC) or (isinstance(given, ast.Call) and _name(given.func) in SURE):
            continue
        yield node.lineno, ast.unparse(node)


def test_texts_become_numbers_in_one_place() -> None:
    found: dict[str, str] = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name != "digits.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {f"{name}:{line}": what for line, what in _found(tree, of_arrays=name.startswith(OF_ARRAYS))}
    assert found == {}


@pytest.mark.parametrize("text", ["int(row[0])", "float(text)", "x.isdigit()", "int(found.group(1))"])
def test_the_rule_on_numbers_finds_what_it_should(text: str) -> None:
    assert list(_found(ast.parse(text), of_arrays=False))


@pytest.mark.parametrize(
    "text", ["²", "1²", "9" * 5000, "0." + "0" * 5000 + "1", "0" * 5000, "1" * 16, "9" * 15 + "." + "9" * 30]
)
def test_what_is_no_number_that_can_be_printed(text: str) -> None:
    assert parse_literal(text).state is State.UNREADABLE
    assert whole_number(text.replace(".", "")) is None or len(text) < 19


@pytest.mark.parametrize(("kind", "unit"), [(Kind.AMOUNT, "亿元"), (Kind.PERCENT, "%"), (Kind.MEASURE, "平方米")])
def test_no_figure_is_beyond_64_bits(kind: Kind, unit: str) -> None:
    address = Address("表", "行", "列")
    for digits in (1, 6, 9, 12, 15):
        fact = fact_of(parse_literal("9" * digits), address, kind=kind, unit=unit, fine_decimals=2, place=Place())
        assert abs(fact.value) <= 10**16
        assert fact.is_figure or fact.reason == "unread.too_large"


@pytest.mark.parametrize(
    "code", ["0.00", "0." + "0" * 60, "0" * 3000, "%" * 3000 + "0", "0" + "," * 254, "[>1]0;;;;;;;"]
)
@pytest.mark.parametrize("value", [0.0, 1e29, -1.5, 1e300, 5e-324])
def test_any_number_format_shows_something_short(value: float, code: str) -> None:
    assert len(shown(value, code)) < 400
    assert len(general(value)) < 40


@pytest.mark.parametrize(
    "text", ["表[行].栏#2.5 = 0", "表[行].栏 = " + "9" * 30, "表[行].栏#٣ = 0", "表[行].栏 = 0." + "1" * 30]
)
def test_numbers_in_rules_are_bounded(text: str) -> None:
    with pytest.raises(RuleError):
        parse_statement(text)


HOSTILE = "a\x00b\x1b[2J\u202e\ud800\uffff\x85c"


def test_no_report_holds_control_characters() -> None:
    assert clean(HOSTILE) == printable(HOSTILE) == "a\ufffdb\ufffd[2J\ufffd\ufffd\ufffd\ufffdc"
    assert clean("a\n\tb\r\n") == "a\n\tb\r\n"
    assert clean(HOSTILE) in dumps({HOSTILE: [HOSTILE, (HOSTILE, 1)]})
    assert "u0000" not in dumps({HOSTILE: [HOSTILE]})
    import io

    from openpyxl import load_workbook

    book = Book({"": {}})
    sheet = book.sheet(book.name(HOSTILE))
    book.text(sheet, 0, 0, HOSTILE)
    read = load_workbook(io.BytesIO(book.close()))
    assert read.active is not None
    assert read.active["A1"].value == clean(HOSTILE)
