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
    """A learner's corrected name and birth date."""

    name: str = Field(max_length=200)
    birth_date: date | None = None


class NewGuardianship(Body):
    """What a member may do for a learner; `validUntil` is the first day on which it no longer holds."""

    member: str = Field(max_length=40)
    scopes: list[str] = Field(max_length=8)
    valid_until: date | None = None


class NewInvitation(Body):
    """An invitation for a guardian (`kind` "guardian", with scopes), or for a learner's own sign-in ("learner")."""

    kind: str = Field(max_length=20)
    name: str = Field(max_length=200)
    learner: str = Field(max_length=40)
    scopes: list[str] = Field(default=[], max_length=8)
    valid_until: date | None = None


class NewClaim(Body):
    """An offer's claim link. With `learner` it is kept at once, or a guardian is asked."""

    offer: str = Field(max_length=2100)
    learner: str | None = Field(default=None, max_length=40)


class Choice(Body):
    """For whom an offer is kept."""

    learner: str = Field(max_length=40)


class Note(Body):
    """The family's note beside an award."""

    note: str = Field(max_length=4000)


class NewShare(Body):
    """A share. Without `until` it lasts as long as the wallet's default for this learner; `shownName` may be empty."""

    learner: str = Field(max_length=40)
    credentials: list[str] = Field(max_length=200)
    recipient: str = Field(max_length=400)
    purpose: str = Field(default="", max_length=800)
    until: date | None = None
    shown_name: str | None = Field(default=None, max_length=400)


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
