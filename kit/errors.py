"""What can be wrong with a request, as opposed to a document.

    RequestError          a status, a title, a sentence, perhaps the field
      BadInput       422  a field is missing or cannot be what it is; names it and the remedy
      SignInRequired 401  nobody is signed in
      Refused        403  somebody is, and may not
      NotFound       404  there is none, or it is not yours: the same words
      Conflict       409  it clashes with what is there
      Gone           410  there was one; it ended
      TooLarge       413  more bytes or parts than we read
      WrongMedia     415  not a media type we read here
      TooMany        429  too often; carries how long to wait
      Unavailable    503  we cannot, for the moment
        NoRoom       503  the disk takes no more: what there is can be read

Documents are judged by `vc.problems`; this tree is for people and programs at our door. Only the one handler in
`kit.web` turns it into a page or into `application/problem+json`.
"""

from __future__ import annotations

from typing import ClassVar

from kit.i18n import Message, _

PROBLEM_BASE = "https://satchel.example/problems#"

Words = str | Message


class RequestError(Exception):
    """A request cannot be done; `detail` says what happened and what to do, for the person who asked."""

    status: ClassVar[int] = 400
    kind: ClassVar[str] = "bad-request"
    words: ClassVar[Message] = _("That request cannot be done")

    def __init__(
        self,
        detail: Words,
        *,
        title: Words | None = None,
        field: str | None = None,
        remedy: Words | None = None,
        kind: str | None = None,
    ) -> None:
        super().__init__(str(detail))
        self.detail: Words = detail
        self.title: Words = title if title is not None else self.words
        self.field = field
        self.remedy = remedy
        self.type = PROBLEM_BASE + (kind or self.kind)

    @property
    def headers(self) -> dict[str, str]:
        """Response headers that belong to this error."""
        return {}


class BadInput(RequestError):  # noqa: N818 - an answer, not a defect
    """Something that was typed or sent cannot be used; `field` names it, `remedy` says what would do."""

    status = 422
    kind = "bad-input"
    words = _("Something needs correcting")


class SignInRequired(RequestError):  # noqa: N818 - an answer, not a defect
    """Nobody is signed in, and this needs somebody."""

    status = 401
    kind = "sign-in-required"
    words = _("Please sign in first")

    def __init__(self, detail: Words | None = None, *, title: Words | None = None) -> None:
        super().__init__(detail if detail is not None else _("Sign in to see this page."), title=title)


class Refused(RequestError):  # noqa: N818 - an answer, not a defect
    """The person is known and may not do this."""

    status = 403
    kind = "refused"
    words = _("You may not do that")


class NotFound(RequestError):  # noqa: N818 - an answer, not a defect
    """There is no such thing, or it belongs to somebody else: never say which."""

    status = 404
    kind = "not-found"
    words = _("There is nothing here")

    def __init__(self, detail: Words | None = None, *, title: Words | None = None, kind: str | None = None) -> None:
        words = _("Nothing was found at this address. Check that it was copied whole.")
        super().__init__(detail if detail is not None else words, title=title, kind=kind)


class Conflict(RequestError):  # noqa: N818 - an answer, not a defect
    """It clashes with what is already there."""

    status = 409
    kind = "conflict"
    words = _("That clashes with what is already there")


class Gone(RequestError):  # noqa: N818 - an answer, not a defect
    """There was one, and it ended: recalled, expired or withdrawn."""

    status = 410
    kind = "gone"
    words = _("This has ended")


class TooLarge(RequestError):  # noqa: N818 - an answer, not a defect
    """More bytes, fields or files than are read here."""

    status = 413
    kind = "too-large"
    words = _("That is too large")


class WrongMedia(RequestError):  # noqa: N818 - an answer, not a defect
    """The body's media type is not one that is read here."""

    status = 415
    kind = "wrong-media-type"
    words = _("That kind of content is not read here")


class TooMany(RequestError):  # noqa: N818 - an answer, not a defect
    """Asked too often; `retry_after` is in whole seconds."""

    status = 429
    kind = "too-many-requests"
    words = _("Too many tries")

    def __init__(self, *, retry_after: int, detail: Words | None = None) -> None:
        words = _("That was tried too often. Wait %(seconds)s seconds, then try again.", seconds=retry_after)
        super().__init__(detail if detail is not None else words)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """`Retry-After`, in seconds."""
        return {"Retry-After": str(self.retry_after)}


class Unavailable(RequestError):  # noqa: N818 - an answer, not a defect
    """We cannot answer for the moment; nothing was lost and nothing was half done."""

    status = 503
    kind = "unavailable"
    words = _("Not available for the moment")

    def __init__(self, detail: Words | None = None, *, retry_after: int = 5) -> None:
        words = _("Our records cannot be reached just now. Nothing was changed; try again in a minute.")
        super().__init__(detail if detail is not None else words)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """`Retry-After`, in seconds."""
        return {"Retry-After": str(self.retry_after)}


class NoRoom(Unavailable):
    """The disk takes no more; what there is can be read, and writing goes on by itself when there is room again."""

    kind = "no-room"
    words = _("Nothing can be kept for the moment")

    def __init__(self) -> None:
        words = _(
            "This server’s disk takes nothing more. Nothing was changed, and everything that is there can be read. "
            "Whoever runs the server has to make room; then try again."
        )
        super().__init__(words, retry_after=60)
