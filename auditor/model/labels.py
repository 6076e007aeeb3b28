"""Printed labels compared: ordinals, spaces, brackets and marks do not tell one row from another."""

from __future__ import annotations

import re
from functools import lru_cache

_SPACE = re.compile(r"[\s\u3000\u00a0]+")
_FOLD = str.maketrans('()：，“”"「」〔〕０１２３４５６７８９', "（）:,'''''（）0123456789")
_ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[、.．](?!\d)|[①-⑳])+"
)
_LEAD = re.compile(r"^(?:其中[:：]?|加[:：]|减[:：]|[·•◆\-—*]+)")
_TAIL = re.compile(r"(?:[:：;；。*]|（[%％元万]+）)+$")


@lru_cache(maxsize=16384)
def plain(label: str) -> str:
    """Return a label without spaces, ordinals and `其中：`, brackets and quotes in one form.

    >>> plain("八、社会保障和 就业支出"), plain("其中：（1）公务用车运行维护费"), plain("因公出国(境)费")
    ('社会保障和就业支出', '公务用车运行维护费', '因公出国（境）费')
    """
    text = _SPACE.sub("", label).translate(_FOLD).replace("'", "")
    while True:
        shorter = _ORDINAL.sub("", _LEAD.sub("", text)).strip(":")
        if shorter in ("", text):
            break
        text = shorter
    return _TAIL.sub("", text)


def without(label: str, suffix: str) -> str:
    """Return the label without a closing word such as 支出, if anything is left."""
    return label[: -len(suffix)] if label.endswith(suffix) and len(label) > len(suffix) else label
