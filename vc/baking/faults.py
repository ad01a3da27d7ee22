"""What can be wrong with a baked picture."""

from __future__ import annotations

from enum import Enum

from vc.problems import MalformedValueError


class BakingFault(Enum):
    """The rule that a picture breaks; whoever shows it to people has a sentence for each."""

    NO_CREDENTIAL = "noCredential"
    SEVERAL = "several"
    NOT_A_PICTURE = "notAPicture"
    DAMAGED = "damaged"
    AFTER_THE_END = "afterTheEnd"
    COMPRESSED = "compressed"
    WRONG_PLACE = "wrongPlace"
    NOT_UTF8 = "notUtf8"
    TOO_LARGE = "tooLarge"
    FORBIDDEN_XML = "forbiddenXml"
    ALREADY_BAKED = "alreadyBaked"
    NOT_BAKEABLE = "notBakeable"


class BakingError(MalformedValueError):
    """A picture does not hold one credential as the baking rules say, or cannot take one up; ``fault`` says why."""

    def __init__(self, detail: str, *, fault: BakingFault) -> None:
        super().__init__(detail)
        self.fault = fault
