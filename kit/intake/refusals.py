"""Why an input cannot be used. None of the reasons says that a credential is false: a picture is not a forgery."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum


class Refusal(Enum):
    """The reasons; `kit.intake.words` holds a sentence and a remedy for each."""

    EMPTY = "empty"
    TOO_LARGE = "tooLarge"
    NOT_TEXT = "notText"
    NOT_WHAT_IT_SAYS = "notWhatItSays"
    SD_JWT = "sdJwt"
    NOT_JSON = "notJson"
    AMBIGUOUS = "ambiguous"
    NOT_A_CREDENTIAL = "notACredential"
    SEVERAL = "several"
    SEVERAL_FOUND = "severalFound"
    SCHEME = "scheme"
    PLAIN_HTTP = "plainHttp"
    ADDRESS = "address"
    CLAIM_LINK = "claimLink"
    SHARE_LINK = "shareLink"
    WEB_PAGE = "webPage"
    ARCHIVE = "archive"
    ARCHIVE_DAMAGED = "archiveDamaged"
    ARCHIVE_TOO_LARGE = "archiveTooLarge"
    ARCHIVE_LOCKED = "archiveLocked"
    WALLET_LOCKED = "walletLocked"
    TOO_MANY = "tooMany"
    PICTURE_EMPTY = "pictureEmpty"
    PICTURE_CODE = "pictureCode"
    PICTURE_SEVERAL = "pictureSeveral"
    PICTURE_DAMAGED = "pictureDamaged"
    PICTURE_RULES = "pictureRules"
    PICTURE_TOO_LARGE = "pictureTooLarge"
    PICTURE_HEIF = "pictureHeif"
    SVG_UNSAFE = "svgUnsafe"
    BAKED_UNREADABLE = "bakedUnreadable"
    PDF_EMPTY = "pdfEmpty"
    PDF_DAMAGED = "pdfDamaged"
    PDF_ENCRYPTED = "pdfEncrypted"
    PDF_TOO_LARGE = "pdfTooLarge"
    TOO_LONG = "tooLong"


class SyntaxHint(Enum):
    """What a JSON reader stumbled over, where it can tell."""

    COMMA = "comma"
    COLON = "colon"
    NAME = "name"
    VALUE = "value"
    TRAILING = "trailing"
    TEXT_END = "textEnd"
    CONTROL = "control"
    ESCAPE = "escape"
    CURLY_QUOTES = "curlyQuotes"
    OTHER = "other"


class InputRefused(Exception):  # noqa: N818 - a refusal is an answer
    """There is nothing to judge in an input.

    `line` and `column` (from 1) say where its JSON breaks off; `place` says in words what a strict reader stumbled
    over, or what was found instead; `names` are the several things, where one was looked for.
    """

    def __init__(
        self,
        refusal: Refusal,
        *,
        hint: SyntaxHint | None = None,
        line: int | None = None,
        column: int | None = None,
        place: str = "",
        names: Sequence[str] = (),
    ) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.place = place
        self.hint = hint
        self.line = line
        self.column = column
        self.names = tuple(names)
