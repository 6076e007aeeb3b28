"""Codes by the names that the prose gives them: as the tables of the filing print them, else by the lists of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.model.labels import plain, without
from auditor.model.row_names import RowName

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.forms.book import FormBook
    from auditor.model.filing import ReadTable

Link = tuple[str, str, str]  # name, digits, 类 款 or 项


class Names:
    """Finds the code of a class, 款, 项 or economic class by what the text calls it."""

    def __init__(self, tables: Iterable[ReadTable], book: FormBook) -> None:
        self.functional = book.taxonomies["functional"]
        self.list_of_economic = book.taxonomies["economic"]
        self.printed: dict[str, dict[str, str]] = {"functional": {}, "economic": {}}
        self.labels: dict[str, str] = {}  # of economic classes, as printed
        for read in tables:
            table = book.tables.get(read.table)
            if table is not None and table.codes in self.printed and not table.prose:
                for row, label in read.names.items():
                    code = RowName.parse(row).last
                    if is_digits(code):
                        self.printed[table.codes].setdefault(code, plain(label))
                        if table.codes == "economic":
                            self.labels.setdefault(code, label)

    def begins(self, code: str, following: str) -> bool:
        """Whether a text begins with the name of a code, so that the digits before it are that code."""
        text = plain(following)
        labels = {self.printed[codes].get(code, "") for codes in self.printed}
        labels |= {plain(listed.name_of(code)) for listed in (self.functional, self.list_of_economic)}
        return any(label and text.startswith(without(label, "支出")) for label in labels)

    def class_of(self, name: str) -> str:
        """The code of the class of this name, or ''."""
        return self.functional.class_of(plain(name)) if name else ""

    def economic(self, name: str) -> str:
        """The economic code of this name (款 first), or ''."""
        key = plain(name)
        printed = [code for code, label in self.printed["economic"].items() if label == key]
        codes = printed or list(self.list_of_economic.by_name.get(key, ()))
        return max(codes, key=len, default="")

    def printed_economic(self, name: str) -> str:
        """The label that a table prints for the economic class of this name, or its official name, or ''."""
        code = self.economic(name)
        return self.labels.get(code, "") or self.list_of_economic.name_of(code) if code else ""

    def code_of(self, links: Sequence[Link]) -> str:
        """The code of a chain of names from class to 项; '' where it is not certain.

        Digits count where they are given; names are looked for among the codes that the tables print, then in the
        list of codes, always under the code found so far.
        """
        code = ""
        for name, digits, level in links:
            length = self.functional.levels[level]
            if len(digits) == length or (digits and len(code) + len(digits) == length):
                code = digits if len(digits) == length else code + digits
                continue
            found = self._under(code, plain(name), length)
            if len(found) != 1:
                return self._by_last(links)
            code = found[0]
        return code

    def _by_last(self, links: Sequence[Link]) -> str:
        """The only printed code of the last name's level with this name: the levels before it may be mislabelled."""
        name, _, level = links[-1]
        length = self.functional.levels[level]
        key = without(plain(name), "支出")
        found = [
            code
            for code, label in self.printed["functional"].items()
            if len(code) == length and without(label, "支出") == key
        ]
        return found[0] if len(found) == 1 else ""

    def _under(self, code: str, name: str, length: int) -> list[str]:
        """Codes of one level below a code that have this name."""
        wanted = {name, without(name, "支出")}
        printed = [
            other
            for other, label in self.printed["functional"].items()
            if len(other) == length and other.startswith(code) and {label, without(label, "支出")} & wanted
        ]
        if printed:
            return printed
        listed = {
            other
            for variant in wanted
            for other in self.functional.by_name.get(variant, ())
            if len(other) == length and other.startswith(code)
        }
        return sorted(listed)
