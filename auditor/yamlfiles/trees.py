"""YAML files as trees of text that know their place: every scalar stays text, every key its line.

Anchors, aliases, tags and duplicate keys are refused; nothing is converted, so `217.40` keeps its print. The
helpers reject unknown keys with the nearest known one.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from auditor.digits import whole_number
from auditor.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40


class Text(str):
    """A scalar as written, with its place; `exact` where its characters stand one after the other in the file."""

    __slots__ = ("column", "exact", "file", "line")
    file: str
    line: int
    column: int
    exact: bool

    @classmethod
    def at(cls, value: str, file: str, line: int, column: int, *, exact: bool = False) -> Text:
        """Make a text that knows where it stands."""
        text = cls(value)
        text.file, text.line, text.column, text.exact = file, line, column, exact
        return text

    def column_of(self, offset: int) -> int:
        """The column of one of its characters, or of its beginning where that cannot be told."""
        return self.column + offset if self.exact and offset > 0 else self.column


class Items(list[Any]):
    """A YAML sequence with its place."""

    def __init__(self, file: str, line: int, column: int = 0) -> None:
        super().__init__()
        self.file, self.line, self.column = file, line, column


class Map(dict[str, Any]):
    """A YAML mapping with its place."""

    def __init__(self, file: str, line: int, column: int = 0) -> None:
        super().__init__()
        self.file, self.line, self.column = file, line, column


Node = Text | Items | Map


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like `word`, or an empty string."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def fail(node: Any, key: str, **values: Any) -> NoReturn:
    """Raise a `RuleError` at the place of `node`."""
    raise RuleError(key, **place_of(node), **values)


_slips: ContextVar[list[RuleError] | None] = ContextVar("slips", default=None)


@contextmanager
def collecting(slips: list[RuleError]) -> Iterator[None]:
    """Keep the slips after which a file can still be understood, instead of stopping at the first."""
    token = _slips.set(slips)
    try:
        yield
    finally:
        _slips.reset(token)


def slip(node: Any, key: str, **values: Any) -> None:
    """Raise a `RuleError` at the place of `node`, or keep it where slips are collected: the caller goes on."""
    keep(RuleError(key, **place_of(node), **values))


def keep(error: RuleError) -> None:
    """Raise an error, or keep it where slips are collected."""
    kept = _slips.get()
    if kept is None:
        raise error
    kept.append(error)


def place_of(node: Any) -> dict[str, Any]:
    """Return file, line and column of a node, for a `RuleError`."""
    place = {"file": getattr(node, "file", ""), "line": getattr(node, "line", 0)}
    return place | {"column": getattr(node, "column", 0)}


def load(path: Path, name: str | None = None) -> Map:
    """Load one YAML file whose top level is a mapping. Raises `RuleError` with file and line."""
    file = name or path.name
    return a_map(parse(read_bytes(path, file), file))


def read_bytes(path: Path, file: str) -> bytes:
    """Read a rule file. Raises `RuleError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RuleError("rules.unreadable", file=file, why=error.strerror or str(error)) from None


def parse(data: bytes | str, file: str) -> Map | Items:
    """Parse YAML text whose top level is a mapping or a sequence."""
    if len(data) > MAX_BYTES:
        raise RuleError("rules.too_large", file=file, limit=MAX_BYTES // 1024**2)
    try:
        root = _build(yaml.parse(data, Loader=Loader), file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise RuleError("rules.yaml", file=file, line=line, column=column, why=error.problem or str(error)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleError("rules.yaml", file=file, why=str(error).splitlines()[0]) from None
    if root is None:
        raise RuleError("rules.empty", file=file)
    if isinstance(root, Text):
        fail(root, "rules.expected_mapping")
    return root


class _Open:
    """A collection under construction, and the key that waits for its value."""

    __slots__ = ("again", "key", "node")

    def __init__(self, node: Items | Map) -> None:
        self.node = node
        self.key: Text | None = None
        self.again = False  # the key stands there before: the first value stays

    def add(self, child: Node) -> None:
        if isinstance(self.node, Items):
            self.node.append(child)
        elif self.key is not None:
            if not self.again:
                self.node[self.key] = child
            self.key, self.again = None, False
        elif not isinstance(child, Text):
            fail(child, "rules.key_not_text")
        else:
            self.again = child in self.node
            if self.again:
                slip(child, "rules.duplicate_key", name=str(child))
            self.key = child


def _build(events: Iterable[yaml.Event], file: str) -> Node | None:
    """Build the tree from the parser's events, without recursion: depth is bounded, anchors are refused."""
    stack: list[_Open] = []
    root: Node | None = None
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise RuleError("rules.two_documents", file=file)
            continue
        mark = event.start_mark
        assert mark is not None
        line, column = mark.line + 1, mark.column + 1
        if event.anchor is not None or getattr(event, "tag", None) not in (None, "!") or len(stack) > MAX_DEPTH:
            raise RuleError("rules.alias", file=file, line=line, column=column)
        child: Node
        if isinstance(event, yaml.ScalarEvent):
            child = _scalar(event, file, line, column)
        else:
            made = Items if isinstance(event, yaml.SequenceStartEvent) else Map
            child = made(file, line, column)
        if stack:
            stack[-1].add(child)
        else:
            root = child
        if not isinstance(child, Text):
            stack.append(_Open(child))
    return root


def _scalar(event: yaml.ScalarEvent, file: str, line: int, column: int) -> Text:
    quoted = event.style in ("'", '"')
    length = event.end_mark.column - event.start_mark.column - 2 * quoted if event.end_mark and event.start_mark else -1
    return Text.at(event.value, file, line, column + quoted, exact=length == len(event.value))


def check_keys(mapping: Map, known: Iterable[str], *, required: Iterable[str] = ()) -> None:
    """Refuse unknown keys (naming the nearest) and missing ones."""
    known, meant = list(known), set()
    for key in mapping:
        if key not in known:
            near = nearest(key, known)
            meant.add(near)
            if near:
                slip(key, "rules.unknown_key_near", name=str(key), meant=near)
            else:
                slip(key, "rules.unknown_key", name=str(key), known="、".join(known))
    for name in required:
        if name not in mapping and name not in meant:  # one slip is told once
            slip(mapping, "rules.missing_key", name=name)


def a_map(node: Any) -> Map:
    """Return `node` as a mapping or fail at its place."""
    if not isinstance(node, Map):
        fail(node, "rules.expected_mapping")
    return node


def a_list(node: Any) -> Items:
    """Return `node` as a sequence or fail at its place."""
    if not isinstance(node, Items):
        fail(node, "rules.expected_list")
    return node


def a_text(node: Any) -> Text:
    """Return `node` as text or fail at its place."""
    if not isinstance(node, Text):
        fail(node, "rules.expected_text")
    return node


def texts(mapping: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the texts under `key`: one text or a list of texts; empty where the key is absent."""
    node = mapping.get(key)
    if node is None:
        return ()
    if isinstance(node, Text):
        return (node,)
    return tuple(a_text(item) for item in a_list(node))


def whole(mapping: Mapping[str, Any], key: str) -> int | None:
    """Return the whole number under `key`, or None where the key is absent."""
    node = mapping.get(key)
    if node is None:
        return None
    text = a_text(node)
    value = whole_number(text)
    if value is None:
        fail(text, "rules.expected_number", name=key, value=str(text)[:40])
    return value


def choice(mapping: Mapping[str, Any], key: str, allowed: Iterable[str], default: str) -> str:
    """Return the text under `key`, which must be one of `allowed`."""
    node = mapping.get(key)
    if node is None:
        return default
    text = a_text(node)
    allowed = list(allowed)
    if text not in allowed:
        fail(text, "rules.bad_value", name=key, value=str(text), allowed="、".join(allowed))
    return str(text)
