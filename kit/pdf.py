"""Pages set for good: a template and what it is filled with become a PDF that says the same on every machine.

The typesetter gets its template from us and everything else as data, so that no name is ever mark-up to it; it reads no
file of this machine and asks no network. Its fonts are the ones that are installed with us, so that the same input
makes the same bytes. What it writes is PDF/A-3a and PDF/UA-1: it can be kept, read aloud, and carry a file.

What every page of ours begins with (`paper.typ`: its colours, its letters, a text that fits) stands before each
template, and what carries the files stands after it, so that no template has either of its own.

A letter that no font has is replaced by its number in square brackets, and the template is told, so that the reader is.

Spec: https://www.iso.org/standard/57229.html https://www.iso.org/standard/64599.html
"""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import typst

from kit.qr import QUIET_ZONE

STANDARDS: Final[list[typst.PDFStandard]] = ["a-3a", "ua-1"]
FONT_PACKAGES: Final = ("manimgx_fonts", "manimgx_fonts_cjk")
"""Fonts that are installed beside us; without the second, Chinese, Japanese and Korean become numbers."""

PAPERS: Final = ("a4", "letter")
SQUARE: Final = 30.0
"""Millimetres of a code's side, without its white edge: what a phone reads from a page on a wall."""
LONGEST_WORD: Final = 24
"""Signs after which a word without a gap may be broken: a page has an end, and a name may have none."""

_HEAD: Final = Path(__file__).parent / "templates" / "paper.typ"
_TAIL: Final = b"""
#for file in d.attached {
  pdf.attach(file.name, bytes(sys.inputs.at(file.under)), relationship: "source", mime-type: file.type,
    description: file.about)
}
"""
_SET_APART: Final = {"Cc", "Cs", "Co", "Cn"}
_NOT_SHOWN: Final = re.compile(r'(?:the text|codepoint) `"((?:[^"\\`]|\\.)+)"`', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\(.)", re.DOTALL)
_ONE_BY_ONE, _TRIES = 8, 40
_GAP: Final = "\u200b"
_LONG: Final = re.compile(rf"[^\s\u200b]{{{LONGEST_WORD},}}")
_CONTROL: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A text file inside the PDF, whose name no other has. ``about`` says in a sentence what it is."""

    name: str
    media_type: str
    about: str
    text: str


@cache
def fonts() -> typst.Fonts:
    """The typesetter's own fonts and the ones installed with us; none of the machine's."""
    found = [importlib.util.find_spec(name) for name in FONT_PACKAGES]
    folders = [str(Path(spec.origin).parent) for spec in found if spec is not None and spec.origin is not None]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def render(
    template: bytes, data: Mapping[str, Any], *, pictures: Mapping[str, str], attached: Sequence[Attached], at: datetime
) -> bytes:
    """The PDF. The template finds the texts of ``data`` as ``d``, with ``incomplete``: whether a letter could not be
    shown; and each of ``pictures`` (SVG) in ``sys.inputs`` under its name.

    ``at`` is the instant that the file says it was made. The same arguments give the same bytes.
    Raises: ValueError when the template itself is wrong; never for a text.
    """
    files = [
        {"under": f"attached{number}", "name": one.name, "type": one.media_type, "about": one.about}
        for number, one in enumerate(attached)
    ]
    given = {**data, "attached": files}
    whole = _HEAD.read_bytes() + template + _TAIL
    carried = {told["under"]: one.text for told, one in zip(files, attached, strict=True)}
    told = _mapped(given, _spelt)
    incomplete = told != given
    told = _mapped(told, _breakable)
    for attempt in range(_TRIES):
        inputs = {**pictures, **carried, "data": _json(told, incomplete=incomplete)}
        try:
            return _compiled(whole, inputs, at)
        except typst.TypstError as error:
            lacking = _lacking(error)
            if not lacking:
                raise ValueError(f"the template cannot be set: {error.message}") from None
        told, incomplete = _mapped(told, partial(_without, signs=_wider(lacking, _signs(told), attempt))), True
    raise ValueError("plain letters cannot be set")


def paper_name(paper: str) -> str:
    """What the typesetter calls one of ``PAPERS``."""
    return "us-letter" if paper == "letter" else paper


def code_side(modules: int) -> float:
    """Millimetres of a code's picture with its white edge, so that the code itself is ``SQUARE`` wide."""
    return SQUARE * (modules + 2 * QUIET_ZONE) / modules


def _wider(lacking: set[str], there: set[str], attempt: int) -> set[str]:
    """What is replaced at once: first the signs that are lacking, then their neighbours, at last all but plain ones."""
    if attempt < _ONE_BY_ONE:
        return lacking
    if attempt < _TRIES - 2:
        rows = {ord(sign) >> 7 for sign in lacking}
        return lacking | {sign for sign in there if ord(sign) >> 7 in rows and not sign.isascii() and sign != _GAP}
    return {sign for sign in there if not sign.isascii() and sign != _GAP} | lacking


def _json(told: Mapping[str, Any], *, incomplete: bool) -> str:
    return json.dumps({**told, "incomplete": incomplete}, ensure_ascii=False)


def _compiled(template: bytes, inputs: dict[str, str], at: datetime) -> bytes:
    made = typst.compile(
        template,
        format="pdf",
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes), "without a place to write to, it answers the bytes"
    return made


def _lacking(error: typst.TypstError) -> set[str]:
    """The signs that the typesetter says it cannot show."""
    found = "".join(_NOT_SHOWN.findall(f"{error.message}\n{error.diagnostic}"))
    return {sign for sign in _ESCAPED.sub(_unescaped, found) if not " " <= sign <= "~"}


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return _CONTROL.get(found[2], found[2])


def _spelt(text: str) -> str:
    """The text with numbers for what is no letter to anybody."""
    return "".join(
        _number(sign) if unicodedata.category(sign) in _SET_APART and sign != "\n" else sign for sign in text
    )


def _breakable(text: str) -> str:
    """The text with places where a long word may break."""
    return _LONG.sub(lambda found: _GAP.join(_pieces(found[0])), text)


def _pieces(word: str) -> list[str]:
    return [word[start : start + 8] for start in range(0, len(word), 8)]


def _number(sign: str) -> str:
    return f"[U+{ord(sign):04X}]"


def _without(text: str, signs: set[str]) -> str:
    return "".join(_number(sign) if sign in signs else sign for sign in text)


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _mapped(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(each, change) for each in value]
    return value


def _signs(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(value)
    if isinstance(value, Mapping):
        return set().union(*(_signs(each) for each in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(_signs(each) for each in value))
    return set()
