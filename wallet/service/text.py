"""What people type: names, notes and purposes, kept as plain text."""

from __future__ import annotations

import unicodedata

from kit.errors import BadInput
from kit.i18n import _

_KEPT_CONTROLS = {"\n"}
# Joiners that Arabic and Indic scripts (and emoji) need are kept; what turns the direction of the words around it is
# not.
_DIRECTION = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}


_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and symbols by category that are drawn as nothing: Hangul fillers and the empty Braille cell."""


def visible(text: str) -> bool:
    """Whether anything of a text can be seen: a sign that is neither blank, nor a space, nor only joined to another."""
    return any(unicodedata.category(sign)[0] not in "CZM" and sign not in _BLANK for sign in text)


def plain(text: str, *, field: str, most: int, required: bool = True, lines: bool = False) -> str:
    """The text in NFC, without control characters and direction overrides, trimmed; line breaks only with `lines`.

    A text of which nothing can be seen counts as empty.
    Raises: BadInput naming `field` when nothing is left but something is required, or more than `most` characters are.
    """
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    allowed = _KEPT_CONTROLS if lines else set()
    kept = "".join(
        c
        for c in tidy
        if c in allowed or (unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"} and c not in _DIRECTION)
    )
    kept = kept.strip() if visible(kept) else ""
    if required and not kept:
        raise BadInput(_("This was left empty."), field=field, remedy=_("Write a few words."))
    if len(kept) > most:
        raise BadInput(
            _("This is longer than there is room for."),
            field=field,
            remedy=_("Use at most %(most)s characters.", most=most),
        )
    return kept
