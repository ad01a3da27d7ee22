"""One element in an SVG: found, put in, taken out.

The file is read as events, never as a tree, and never with what a document type could bring along: entities and an
internal subset (which could add attributes) are refused. A document type that only names a published DTD, as drawing
programs write one, is allowed, since nothing is loaded from there. What is put in is cut into the bytes as they are:
the namespace as the first attribute of the root, the element directly after its tag.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#svg, https://www.imsglobal.org/spec/ob/v2p0/baking/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from vc.baking.faults import BakingError, BakingFault
from vc.baking.forms import Baked, Standard, checked_credential, checked_picture, checked_text, is_compact_jws

MAX_ELEMENTS: Final = 100_000
MAX_EQUALS: Final = 200_000
"""Signs "=" in the whole file: there are no more attributes than that."""
_NAMESPACES: Final[Mapping[Standard, str]] = MappingProxyType(
    {
        Standard.OPEN_BADGES_3: "https://purl.imsglobal.org/ob/v3p0",
        Standard.OPEN_BADGES_2: "http://openbadges.org",
        Standard.CLR_2: "https://purl.imsglobal.org/clr/v2p0",
    }
)
_NAMES: Final[Mapping[Standard, tuple[str, str]]] = MappingProxyType(
    {
        Standard.OPEN_BADGES_3: ("openbadges", "credential"),
        Standard.OPEN_BADGES_2: ("openbadges", "assertion"),
        Standard.CLR_2: ("clr", "credential"),
    }
)
_ELEMENTS: Final[Mapping[str, Standard]] = MappingProxyType(
    {f"{{{_NAMESPACES[standard]}}}{name}": standard for standard, (_, name) in _NAMES.items()}
)
_ROOTS: Final = frozenset({"svg", "{http://www.w3.org/2000/svg}svg"})
_ENCODINGS: Final = frozenset({None, "utf-8", "us-ascii"})
_TAG: Final = re.compile(rb"""<[^\s/>]+(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
_NAME: Final = re.compile(rb"<[^\s/>]+")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unbake_svg(picture: bytes) -> Baked:
    """The one credential in an SVG.

    Raises: BakingError: there is none, there are several, or the file breaks the rules of XML or of baking.
    """
    return _scan(picture).only()


def remove_svg(picture: bytes) -> bytes:
    """The SVG without its one credential, every other byte as it was.

    The namespace goes too where it stands as ``bake_svg`` writes it. Raises: BakingError, as ``unbake_svg``.
    """
    scan = _scan(picture)
    standard = scan.only().standard
    bare = picture[: scan.start] + picture[scan.end :]
    declaration = _declaration(standard)
    after = scan.root + len(_root_name(picture, scan.root))
    own = declaration in _tag(picture, scan.start)
    if own or not bare.startswith(declaration, after):
        return bare
    stripped = bare[:after] + bare[after + len(declaration) :]
    try:
        _scan(stripped)
    except BakingError:  # somebody else's file uses the prefix elsewhere too
        return bare
    return stripped


def bake_svg(picture: bytes, credential: bytes, *, standard: Standard, replace: bool) -> bytes:
    """The SVG with this credential in it, directly after the ``<svg …>`` tag; every other byte stays as it is.

    ``credential`` is JSON (it goes into CDATA) or a compact JWS (it goes into the attribute ``verify``). With
    ``replace``, one that is there already makes room; without, it is an error.
    Raises: BakingError.
    """
    text = checked_credential(credential)
    if _NOT_XML.search(text.decode()):
        raise BakingError(
            "The credential holds a control character that XML does not allow.", fault=BakingFault.NOT_BAKEABLE
        )
    scan = _scan(picture)
    if scan.found:
        if not replace:
            raise BakingError(
                "The picture holds a credential already. Take it out first, or ask for it to be replaced.",
                fault=BakingFault.ALREADY_BAKED,
            )
        return bake_svg(remove_svg(picture), credential, standard=standard, replace=False)
    tag = _tag(picture, scan.root)
    if tag.endswith(b"/>"):
        raise BakingError("There is no picture in this SVG.", fault=BakingFault.NOT_BAKEABLE)
    after_name, after_tag = scan.root + len(_root_name(picture, scan.root)), scan.root + len(tag)
    prefix = _NAMES[standard][0].encode()
    taken = re.search(rb"\sxmlns:" + prefix + rb"\s*=", tag) is not None
    # "First, add an xmlns:openbadges attribute to the <svg> tag": where the prefix is taken, to our own element.
    on_root, on_element = (b"", _declaration(standard)) if taken else (_declaration(standard), b"")
    element = _element(text, standard, on_element)
    baked = picture[:after_name] + on_root + picture[after_name:after_tag] + element + picture[after_tag:]
    unbake_svg(baked)  # a size beyond the limit shows here
    return baked


def _declaration(standard: Standard) -> bytes:
    return f' xmlns:{_NAMES[standard][0]}="{_NAMESPACES[standard]}"'.encode()


def _element(text: bytes, standard: Standard, declaration: bytes) -> bytes:
    name = ":".join(_NAMES[standard]).encode()
    if is_compact_jws(text):
        return b"<" + name + declaration + b' verify="' + text + b'"></' + name + b">"
    # A CDATA section ends at the first "]]>", and a reader of XML turns a bare CR into LF: both stand outside.
    inner = text.replace(b"]]>", b"]]]]><![CDATA[>").replace(b"\r", b"]]>&#13;<![CDATA[")
    return b"<" + name + declaration + b"><![CDATA[" + inner + b"]]></" + name + b">"


def _tag(picture: bytes, start: int) -> bytes:
    """The tag that begins at ``start``, which an XML reader has found well formed."""
    match = _TAG.match(picture, start)
    return match[0] if match else b""


def _root_name(picture: bytes, start: int) -> bytes:
    match = _NAME.match(picture, start)
    return match[0] if match else b""


@dataclass(slots=True)
class _Scan:
    """What one reading finds: the root's place, and the place and content of each credential."""

    parser: Any = None
    root: int = -1
    count: int = 0
    found: list[Standard] = field(default_factory=list)
    start: int = -1
    end: int = -1
    depth: int = 0
    verify: str | None = None
    parts: list[str] = field(default_factory=list)
    nested: bool = False

    def only(self) -> Baked:
        """The one credential. Raises: BakingError."""
        if not self.found:
            raise BakingError("There is no credential in this SVG.", fault=BakingFault.NO_CREDENTIAL)
        # The specification: "There MUST be only one <openbadges:credential> tag in an SVG."
        if len(self.found) > 1:
            raise BakingError(f"There are {len(self.found)} credentials in this SVG.", fault=BakingFault.SEVERAL)
        text, verify = "".join(self.parts), self.verify
        if self.found[0] is Standard.OPEN_BADGES_2 and verify is not None and text.strip():
            # Version 2.0 writes a hosted assertion's address beside it, and programs of then a token at both places.
            verify = verify if text.strip() != verify and is_compact_jws(verify.encode()) else None
        if self.nested or (verify is not None and text.strip()):
            raise BakingError(
                "The place of the credential in this SVG holds more than one thing.", fault=BakingFault.WRONG_PLACE
            )
        return Baked(standard=self.found[0], text=checked_text((text if verify is None else verify).encode()))

    # What the reader calls, as xml.etree's targets are called.

    def start_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise BakingError(f"The SVG has more than {MAX_ELEMENTS} elements.", fault=BakingFault.TOO_LARGE)
        here = self.parser.parser.CurrentByteIndex
        if self.root < 0:
            if tag not in _ROOTS:
                raise BakingError("This XML is not an SVG.", fault=BakingFault.NOT_A_PICTURE)
            self.root = here
        if self.depth:
            self.depth += 1
            self.nested = True
        elif tag in _ELEMENTS:
            self.depth, self.start, self.verify, self.parts = 1, here, attributes.get("verify"), []
        if tag in _ELEMENTS:
            self.found.append(_ELEMENTS[tag])

    def end_element(self) -> None:
        """An element ends."""
        if self.depth:
            self.depth -= 1
            if not self.depth:
                self.end = self.parser.parser.CurrentByteIndex

    def characters(self, text: str) -> None:
        """Text between tags."""
        if self.depth:
            self.parts.append(text)


class _Target:
    """The scan under the names that the reader calls."""

    def __init__(self, scan: _Scan) -> None:
        self.start = scan.start_element
        self.data = scan.characters
        self._scan = scan

    def end(self, _tag: str) -> None:
        """An element ends."""
        self._scan.end_element()

    def close(self) -> None:
        """Nothing is left to do."""


def _scan(picture: bytes) -> _Scan:
    """Read the whole file once. Raises: BakingError."""
    _check_encoding(picture)
    if picture.count(b"=") > MAX_EQUALS:
        raise BakingError("The SVG has more attributes than a drawing needs.", fault=BakingFault.TOO_LARGE)
    scan = _Scan()
    scan.parser = DefusedXMLParser(target=_Target(scan), encoding="utf-8", forbid_entities=True, forbid_external=True)
    reader = scan.parser.parser
    reader.StartDoctypeDeclHandler = _document_type
    reader.XmlDeclHandler = _xml_declaration
    try:
        scan.parser.feed(checked_picture(picture))
        scan.parser.close()
    except ParseError as error:
        raise BakingError(
            f"The SVG is not well-formed XML ({error}): get the file again.", fault=BakingFault.DAMAGED
        ) from None
    except DefusedXmlException:
        raise _forbidden() from None
    if scan.found:
        tag = _tag(picture, scan.start)
        empty = tag.endswith(b"/>")
        scan.end = scan.start + len(tag) if empty else picture.index(b">", scan.end) + 1  # the end tag is in it
    return scan


def _check_encoding(picture: bytes) -> None:
    """Refuse what is not UTF-8 before a reader guesses: by its zero bytes it would take a text for UTF-16."""
    try:
        picture.decode()
    except UnicodeDecodeError:
        pass
    else:
        if b"\0" not in picture:
            return
    raise BakingError("The SVG is not text in UTF-8.", fault=BakingFault.NOT_UTF8)


def _document_type(_name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
    if has_internal_subset:
        raise _forbidden()


def _xml_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding.lower() if encoding else None) not in _ENCODINGS:
        raise BakingError("The SVG says that it is not in UTF-8.", fault=BakingFault.NOT_UTF8)


def _forbidden() -> BakingError:
    return BakingError(
        "The SVG defines entities, with which one file can be read in many ways. It is not opened.",
        fault=BakingFault.FORBIDDEN_XML,
    )
