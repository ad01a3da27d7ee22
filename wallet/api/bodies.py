"""What may be sent to the API. A member that is not listed is refused, not ignored."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    """camelCase outside, snake_case inside, nothing unknown."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class NewAccount(Body):
    """An account with a new family, or one that an invitation is for (`invitation`: the secret part of its link)."""

    login: str = Field(max_length=200)
    password: str = Field(max_length=400)
    name: str = Field(max_length=200)
    family_name: str = Field(default="", max_length=200)
    invitation: str = Field(default="", max_length=100)


class NewFamily(Body):
    """A family for the account that is signed in."""

    name: str = Field(max_length=200)
    family_name: str = Field(max_length=200)


class NewLearner(Body):
    """A learner: a child in one's care, or oneself."""

    name: str = Field(max_length=200)
    birth_date: date | None = None
    myself: bool = False


class LearnerChange(Body):
    """A learner's corrected name and birth date; `signInAge` (years) is when they may have a sign-in of their own."""

    name: str = Field(max_length=200)
    birth_date: date | None = None
    sign_in_age: int | None = None


class NewGuardianship(Body):
    """What a member may do for a learner; `validUntil` is the first day on which it no longer holds."""

    member: str = Field(max_length=40)
    scopes: list[str] = Field(max_length=8)
    valid_until: date | None = None


class WhoSignsIn(Body):
    """The sign-in name of a guardian about whom a court decided."""

    login: str = Field(max_length=200)


class NewCourtOrder(Body):
    """That a court ended what a member may do for a learner; `stopLinks` says whether the member's links stop, too."""

    learner: str = Field(max_length=40)
    member: str = Field(max_length=40)
    reference: str = Field(max_length=200)
    stop_links: bool


class NewAppointment(Body):
    """An invitation for the new guardian of a learner whom nobody may manage."""

    learner: str = Field(max_length=40)
    name: str = Field(max_length=200)


class NewInvitation(Body):
    """An invitation for a guardian (`kind` "guardian", with scopes), or for a learner's own sign-in ("learner")."""

    kind: str = Field(max_length=20)
    name: str = Field(max_length=200)
    learner: str = Field(max_length=40)
    scopes: list[str] = Field(default=[], max_length=8)
    valid_until: date | None = None


class NewClaim(Body):
    """An offer's claim link; or a code from paper, and the web address of the provider that is printed with it.

    With `learner` it is kept at once, or a guardian is asked.
    """

    offer: str = Field(default="", max_length=2100)
    code: str = Field(default="", max_length=100)
    provider: str = Field(default="", max_length=400)
    learner: str | None = Field(default=None, max_length=40)


class Choice(Body):
    """For whom an offer is kept."""

    learner: str = Field(max_length=40)


class Note(Body):
    """The family's note beside an award."""

    note: str = Field(max_length=4000)


class Tags(Body):
    """All tags of an award, in order."""

    tags: list[str] = Field(max_length=100)


class CollectionText(Body):
    """The name of a collection, and the family's note on it."""

    name: str = Field(max_length=400)
    note: str = Field(default="", max_length=4000)


class NewStatement(Body):
    """What a learner says of themself, and the day on which it was achieved."""

    title: str = Field(max_length=400)
    about: str = Field(max_length=4000)
    day: date


class WorkText(Body):
    """A work's title and text; `credential` is the award that it stands beside."""

    title: str = Field(max_length=400)
    words: str = Field(default="", max_length=40_000)
    credential: str | None = Field(default=None, max_length=40)


class Chosen(Body):
    """Awards of one learner, in order."""

    credentials: list[str] = Field(max_length=200)


class NewShare(Body):
    """A share. Without `until` it lasts as long as the wallet's default for this learner; `shownName` may be empty.

    `parts`: by credential the lines, as JSON Pointers, that are shown of it; without, all of it is.
    `confirmation`: what its reader is asked to confirm, in words that may be empty; without, nothing is asked.
    """

    learner: str = Field(max_length=40)
    credentials: list[str] = Field(max_length=200)
    recipient: str = Field(max_length=400)
    purpose: str = Field(default="", max_length=800)
    until: date | None = None
    shown_name: str | None = Field(default=None, max_length=400)
    most_views: int | None = Field(default=None, ge=1, le=1000)
    passcode: str = Field(default="", max_length=200)
    parts: dict[str, list[str]] = Field(default={}, max_length=100)
    confirmation: str | None = Field(default=None, max_length=4000)


class AskedRequest(Body):
    """A verifier's request: its link, or itself as JSON."""

    request: str = Field(max_length=60_000)


class NewAnswer(AskedRequest):
    """What a verifier's request is answered with; `parts` as in a share."""

    credentials: list[str] = Field(max_length=200)
    parts: dict[str, list[str]] = Field(default={}, max_length=100)


class AnswerWay(Body):
    """Whether the answer is sent to whoever asked, or handed over as a presentation."""

    send: bool


class Passcode(Body):
    """What readers of a share have to type; empty: the link is enough."""

    passcode: str = Field(max_length=200)


class Approval(Body):
    """`always`: shares for the same recipient begin without asking from now on."""

    always: bool = False


class NewPermission(Body):
    """Whom a minor may share with without asking; empty: everybody."""

    recipient: str = Field(max_length=400)


class ShareChange(Body):
    """The last day on which a link works."""

    until: date


class ShareEditions(Body):
    """The editions, by credential id, that a share is to hold: the newest, as its `corrected` record shows them."""

    editions: dict[str, int] = Field(max_length=200)


class Question(Body):
    """A reader's request for a presentation: for this challenge, this domain, and who is reading."""

    challenge: str = Field(max_length=400)
    domain: str = Field(max_length=400)
    reader: str = Field(default="", max_length=400)


class NewRestoration(Body):
    """A sealed archive (base64), its passphrase, and whether the person who saved it is the one who brings it."""

    archive: str = Field(max_length=44_000_000)
    passphrase: str = Field(max_length=400)
    mine: bool


class NewArchive(Body):
    """The passphrase with which the archive opens."""

    passphrase: str = Field(max_length=400)


class Reopening(Body):
    """A recovery code, and the sign-in name and password with which its owner goes on."""

    code: str = Field(max_length=100)
    login: str = Field(max_length=200)
    password: str = Field(max_length=400)


class Parting(Body):
    """The password of whoever deletes everything of their family."""

    password: str = Field(max_length=400)
