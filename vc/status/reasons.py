"""Why our issuers withdraw a credential: a fixed vocabulary, published as the messages of a status list."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

MESSAGE_SIZE: Final = 3


class Reason(Enum):
    """Why a credential was withdrawn: a fixed vocabulary, so that it can be read in every language.

    The value is the position in the ``message`` list; ``sentence`` is what other verifiers show.
    """

    NOT_STATED = 0
    ISSUED_IN_ERROR = 1
    REPLACED = 2
    WRONG_PERSON = 3
    REQUIREMENTS_NOT_MET = 4
    LEARNER_ASKED = 5
    PROVIDER_CLOSED = 6
    KEY_COMPROMISED = 7

    @property
    def code(self) -> str:
        """The name as it stands in a verdict's facts: ``issuedInError``."""
        first, *rest = self.name.lower().split("_")
        return first + "".join(word.title() for word in rest)

    @property
    def sentence(self) -> str:
        """The sentence that is published."""
        return _SENTENCES[self]


_SENTENCES: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.NOT_STATED: "No reason is given.",
        Reason.ISSUED_IN_ERROR: "It was issued in error.",
        Reason.REPLACED: "It was replaced by a corrected credential.",
        Reason.WRONG_PERSON: "It was given to the wrong person.",
        Reason.REQUIREMENTS_NOT_MET: "The requirements had not been met.",
        Reason.LEARNER_ASKED: "The learner asked for it to be withdrawn.",
        Reason.PROVIDER_CLOSED: "The provider has closed.",
        Reason.KEY_COMPROMISED: "The issuer's key was no longer safe.",
    }
)


def reason_of(sentence: str) -> Reason | None:
    """The reason that this published sentence is, ``None`` for a sentence of another issuer's."""
    return next((reason for reason, text in _SENTENCES.items() if text == sentence), None)
