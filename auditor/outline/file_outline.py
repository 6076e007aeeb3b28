"""The outline of one file: what its text says about itself, before anything is compared with the filing's key."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from auditor.digits import whole_number
from auditor.messages import say
from auditor.model.facts import Place
from auditor.model.outline import Mention, Outline
from auditor.outline.contents import contents_of_document
from auditor.outline.headings import UNREAD_ITEM, headings_of
from auditor.outline.pieces import pieces_of
from auditor.phrases.privacy import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.forms.book import FormBook
    from auditor.forms.find_tables import Recognised
    from auditor.model.document import Document
    from auditor.phrases.pieces import Sort
    from auditor.phrases.wordings import Hit, Wording

MAX_MENTIONS = 2_000  # of one wording in one file


def outline_of(document: Document, found: Recognised, book: FormBook, report: str) -> Outline:
    """Read the outline of a document; `report` is its kind, where known."""
    pieces = pieces_of(document, found)
    contents = contents_of_document(document, pieces, found, book, report)
    half_read = any(UNREAD_ITEM in piece.text for piece in pieces)
    outline = Outline(list(_remarked(document)), list(headings_of(pieces)), contents, half_read)
    counts: Counter[int] = Counter()
    marked = _marked_pages(document)
    said: dict[tuple[Sort, str], list[tuple[Wording, list[Hit]]]] = {}  # the cells of tables say the same often
    for piece in pieces:
        key = (piece.sort, piece.text)
        if key not in said:
            said[key] = book.wordings.said(*key)
        for wording, hits in said[key]:
            for hit in hits if wording.fits(piece) else ():
                counts[id(wording)] += 1
                if counts[id(wording)] > MAX_MENTIONS:
                    break
                place = piece.place(hit.start, hit.end)
                if wording.row == _UNCODED and (None in marked or place.page in marked):
                    continue
                outline.mentions.append(Mention(wording.table, wording.row, masked(hit.text), hit.parts, place))
    return outline


_UNCODED = "无法显示的文字"
_MARKED = frozenset({"remark.hidden_rows", "remark.struck_words", "remark.pale_words", "remark.cut_numbers"})
_REMARKED = {"remark.unmapped_glyphs": _UNCODED, "remark.hidden_text": "看不见的文字"}


def _marked_pages(document: Document) -> set[int | None]:
    """The pages where marks of the readers, for what is not seen, may stand in the text; None is all of them.

    Such a mark is no character that the file prints.
    """
    coded = {values.get("page") for key, values in document.remarks if key == "remark.unmapped_glyphs"}
    pages = {values.get("page", "") for key, values in document.remarks if key in _MARKED}
    return {whole_number(page or "", 9) for page in pages - coded}


def _remarked(document: Document) -> Iterator[Mention]:
    """What the reader saw of text that readers cannot read: characters without a code, cut off or covered."""
    for key, values in document.remarks:
        if key in _REMARKED:
            text = masked(values.get("text") or say("about.characters", count=values.get("count", "")))
            place = Place(document.file, page=whole_number(values.get("page", ""), 9), quote=text)
            yield Mention("用语", _REMARKED[key], text, {}, place)
