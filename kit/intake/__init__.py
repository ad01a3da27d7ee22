"""Whatever somebody hands in, and the credential in it.

reading     read: from any bytes to what is in them     refusals    why an input cannot be used, in an enumeration
text        JSON, a token or a link, told apart         words       the same in sentences, with a remedy
links       which addresses are followed                isolated    pictures and PDFs, opened in a process apart
hosted      what a link leads to                        opening     what runs in that process
several     read_all: everything in archives, exports, lists     values      JSON, cut as it stands

The content decides what it is. A media type that a program declares may narrow that down, never widen it; a file's name
is shown and otherwise ignored. What is found is the credential's bytes as they were, to be judged by the core.
"""

from kit.intake.hosted import Unreachable, fetched, follow
from kit.intake.links import Link, LinkKind, parse_link
from kit.intake.reading import MAX_FILE_BYTES, Carrier, Found, read
from kit.intake.refusals import InputRefused, Refusal, SyntaxHint
from kit.intake.several import Noted, Piece, read_all
from kit.intake.text import MAX_TEXT_BYTES, Form, Item, read_text
from kit.intake.words import SeveralFound, explained

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_TEXT_BYTES",
    "Carrier",
    "Form",
    "Found",
    "InputRefused",
    "Item",
    "Link",
    "LinkKind",
    "Noted",
    "Piece",
    "Refusal",
    "SeveralFound",
    "SyntaxHint",
    "Unreachable",
    "explained",
    "fetched",
    "follow",
    "parse_link",
    "read",
    "read_all",
    "read_text",
]
