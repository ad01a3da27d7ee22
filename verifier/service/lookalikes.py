"""Names that look like a recognised issuer's and are not that issuer: a warning line, never part of the verdict.

A simple comparison of skeletons: accents, case, spaces and punctuation go; letters of other alphabets that look like a
Latin one become it; and digit or letter pairs that read alike become one. Left out: look-alikes within one alphabet
that need a font to judge, and similar but differently spelled names ("Maple Coop" and "Maple Co-op School").
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from vc.did.web import address_of

_PAIRS: Final = (
    "аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw кk мm тt вb нh зe гr пn ӏl ёe "  # Cyrillic
    "αa οo ρp νv ικ ιi κk τt υu χx ηn γy ϲc ϳj ωw βb μu εe "  # Greek
    "օo սu հh ոn ցg զq ա w յj "  # Armenian
    "0o 1l 3e 5s ıi ŀl łl øo đd ħh ŧt ßs ɑa ɡg ʟl ꞌ' "  # digits and Latin
)
_LETTERS: Final[Mapping[int, str]] = MappingProxyType(
    {ord(pair[0]): pair[1] for pair in _PAIRS.split() if len(pair) == 2 and pair[1].isascii()}
)
_SEQUENCES: Final = (("rn", "m"), ("vv", "w"), ("i", "l"), ("|", "l"))
_ALPHABETS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "HEBREW", "ARABIC", "CHEROKEE")
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A recognised issuer whose name the record's issuer resembles, under a different identifier."""

    recognised_name: str
    recognised_did: str
    list_name: str
    same_letters: bool


def skeleton(text: str) -> str:
    """The shape of a name or a host: equal skeletons look alike. Not for display."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    kept = "".join(
        character for character in unicodedata.normalize("NFKD", folded) if character.isalnum() or character == "|"
    )
    for written, read in _SEQUENCES:
        kept = kept.replace(written, read)
    return kept


def look_alikes(name: str, did: str, known: Sequence[tuple[str, str, str]]) -> Sequence[LookAlike]:
    """Recognised issuers, given as (DID, name, list), that resemble this issuer under another DID."""
    shape, host, disguise = skeleton(name), web_host(did), _host_skeleton(did)
    found = []
    for known_did, known_name, list_name in known:
        if known_did == did:
            continue
        named_alike = bool(shape) and skeleton(known_name) == shape
        hosted_alike = bool(host) and web_host(known_did) != host and _host_skeleton(known_did) == disguise
        if named_alike or hosted_alike:
            same = unicodedata.normalize("NFC", name).casefold() == unicodedata.normalize("NFC", known_name).casefold()
            found.append(
                LookAlike(recognised_name=known_name, recognised_did=known_did, list_name=list_name, same_letters=same)
            )
    return found


def mixes_alphabets(text: str) -> bool:
    """Whether one word of a name mixes alphabets, as an imitation does and a name hardly ever."""
    return any(len(_alphabets(word)) > 1 for word in text.split())


def hides_direction(text: str) -> bool:
    """Whether a text carries invisible characters that turn the direction of reading around."""
    return not _BIDI.isdisjoint(text)


def _alphabets(word: str) -> set[str]:
    names = {unicodedata.name(character, "").split(" ")[0] for character in word if character.isalpha()}
    return names.intersection(_ALPHABETS)


def web_host(did: str) -> str:
    """The host that an issuer's identifier names, in ASCII as it stands there and without a port; empty for others."""
    return address_of(did).partition(":")[0].partition("%")[0]


def _host_skeleton(did: str) -> str:
    labels = []
    for label in web_host(did).split("."):
        if label.startswith("xn--"):
            try:
                labels.append(label[4:].encode().decode("punycode"))
                continue
            except UnicodeError:
                pass
        labels.append(label)
    return ".".join(skeleton(label) for label in labels)
