"""A filing: what one disclosure prints, as typed facts under addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from auditor.model.document import Paragraph
    from auditor.model.facts import Address, Fact, FilingKey, Place
    from auditor.model.footing import Footing
    from auditor.model.outline import Outline
    from auditor.model.shape import Shape
    from auditor.model.tables import Form, Table


class SourceFile(NamedTuple):
    """A file of the filing, the hash of its bytes, and when it says it was last changed (digits, YYYYMMDD…).

    `recognised` are its pages whose text was recognised from pictures, `pages` counts its pages or sheets, `unread`
    are pages of which nothing is known (pictures that were not recognised, pages that were lost).
    """

    file: str
    sha256: str
    modified: str = ""
    recognised: tuple[int, ...] = ()
    pages: int = 0
    unread: tuple[int, ...] = ()


class Remark(NamedTuple):
    """What a reader has to say about a file: the key of a message and its values."""

    key: str
    values: dict[str, str]
    file: str


class BoundBy(StrEnum):
    """What says which standard table a printed table is, from the surest to a guess, which gives hints only."""

    FORM = "form"  # a form of the place, or the words of its header
    ROLES = "roles"  # its title, header and rows, and its sums agree
    GUESS = "guess"  # the same, and its sums agree too seldom
    LABELS = "labels"  # nothing: it goes by its own labels


@dataclass(frozen=True, slots=True)
class ViewCell:
    """One cell of a table as printed, and the position of its fact in the table (None for labels and headers)."""

    text: str
    fact: int | None = None
    rowspan: int = 1
    colspan: int = 1
    head: bool = False


@dataclass(slots=True)
class ReadTable:
    """One table as read: the standard table it is, its facts, and how it looks in print.

    `complete` says that its rows were read to the end, so that a code it does not list is absent. `reason` (a
    message key) says why a table that was found could not be read.
    """

    table: str
    title: str
    place: Place
    number: str = ""  # 公开01表
    unit: str = ""
    complete: bool = True
    reason: str = ""
    facts: list[Fact] = field(default_factory=list)
    also: list[tuple[Address, Address]] = field(default_factory=list)  # second addresses, and the facts they mean
    missing_rows: list[str] = field(default_factory=list)
    unprinted: list[str] = field(default_factory=list)  # columns of the form that stand nowhere in the table
    names: dict[str, str] = field(default_factory=dict)  # row → label as printed
    misnamed: dict[str, str] = field(default_factory=dict)  # row → official label, where another one is printed
    view: list[list[ViewCell]] = field(default_factory=list)
    unknown_lanes: set[str] = field(default_factory=set)  # with rows that print figures and have no name
    unknown_columns: bool = False  # figures stand under columns that the form does not know
    statement: str = ""  # the remark that says why the table is empty
    recovered: bool = False
    form: Form | None = None  # by which it was read
    left_out: frozenset[str] = (
        frozenset()
    )  # lanes, rows and columns of the standard table that this form does not print
    borderless: bool = False  # its columns were told by alignment
    bound_by: BoundBy = BoundBy.FORM
    instead_of: str = ""  # the standard table that its title names, where it could not be read as that


class TextSpan(NamedTuple):
    """A number of a passage: where it stands in its text, and the address of its fact or why it has none."""

    start: int
    end: int
    address: str = ""
    reason: str = ""


class TextView(NamedTuple):
    """A passage of the prose as printed, under its heading, with its numbers."""

    heading: str
    text: str
    place: Place
    spans: tuple[TextSpan, ...]


PROSE_REASONS = frozenset({"unread.prose", "unread.in_reason", "unread.outside"})  # of numbers in the text


class Unread(NamedTuple):
    """A number, or a line with numbers, that became no fact, and why (message key)."""

    text: str
    place: Place
    reason: str
    candidates: tuple[str, ...] = ()
    numbers: int = 1  # how many it prints


@dataclass(slots=True)
class Filing:
    """One disclosure of one entity: all its tables and facts, from one or several files."""

    key: FilingKey
    family: str = ""
    files: list[SourceFile] = field(default_factory=list)
    tables: list[ReadTable] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)  # titles seen in a list of contents or without a table
    unread: list[Unread] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    entity_kind: str = ""  # 行政, 参公, 事业; empty where unknown
    dynamic: dict[str, Table] = field(default_factory=dict)  # tables bound by their header words only
    passages: list[TextView] = field(default_factory=list)  # the prose as read
    texts: list[Paragraph] = field(default_factory=list, repr=False)  # the prose, until it is read into claims
    footings: list[Footing] = field(default_factory=list)  # what their shapes say must add up
    outlines: list[Outline] = field(default_factory=list)  # how each of its files is built and worded
    shapes: list[Shape] = field(default_factory=list, repr=False)  # what the print alone tells of each whole table
    about: list[ReadTable] = field(default_factory=list)  # tables that tell of the filing itself: 结构, 用语 …

    @property
    def facts(self) -> list[Fact]:
        """All facts that the filing prints, table by table."""
        return [fact for table in self.tables for fact in table.facts]

    @property
    def all_facts(self) -> list[Fact]:
        """What the filing prints, and then what is told about the filing itself."""
        return [*self.facts, *(fact for table in self.about for fact in table.facts)]

    @property
    def unread_pages(self) -> set[tuple[str, int]]:
        """The pages of its files of which nothing is known: what is not found elsewhere may stand there."""
        return {(source.file, page) for source in self.files for page in source.unread}

    @property
    def money_unit(self) -> str:
        """The unit of measure that most tables state."""
        units = [table.unit for table in self.tables if table.unit]
        return max(sorted(set(units)), key=units.count) if units else ""
