"""What a program may write into a credential that it proposes: the members that an award can say, and no others.

Every member is either taken over, or compared with what the organisation says itself; an unknown one is refused.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictBool

from issuer.service.drafts import AwardDraft, EvidenceDraft, ResultDraft
from issuer.service.proposals import Proposal
from kit.web.vc_api import Body, Options
from vc.credential import CONTEXT
from vc.openbadges import OPEN_BADGES_CONTEXT
from vc.problems import MalformedValueError

MOST: Final = 200
_SUBJECT: Final = "/credential/credentialSubject"
_Text = Annotated[str, Field(default="", max_length=20_000)]
_Day = Annotated[str, Field(default="", pattern=r"^\d{4}-\d{2}-\d{2}(T00:00:00Z)?$")]
_BADGE_TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})


class Issuer(Body):
    """The organisation, by its identifier."""

    id: str = Field(max_length=2000)


class Identity(Body):
    """Who the learner is, in clear. Only a name stays so in the credential; anything else is hashed and salted."""

    type: Literal["IdentityObject"] | list[Literal["IdentityObject"]] = "IdentityObject"
    hashed: Literal[False] = False
    identity_hash: str = Field(max_length=254)
    identity_type: str = Field(max_length=80)


class Result(Body):
    """One mark: its value, the level that was reached, or the status."""

    type: Literal["Result"] | list[Literal["Result"]] = "Result"
    result_description: str = Field(default="", max_length=2000)
    value: _Text = ""
    achieved_level: _Text = ""
    status: _Text = ""

    def draft(self, place: int) -> ResultDraft:
        """The same for the service. Raises: ProblemError when it says several things."""
        said = [mark for mark in (self.value, self.achieved_level, self.status) if mark]
        if len(said) != 1:
            raise MalformedValueError(
                "A result has one of value, achievedLevel and status.", pointer=f"{_SUBJECT}/result/{place}"
            )
        return ResultDraft(value=said[0], description=self.result_description)


class Evidence(Body):
    """A piece of work."""

    type: Literal["Evidence"] | list[Literal["Evidence"]] = "Evidence"
    id: _Text = ""
    name: _Text = ""
    description: _Text = ""
    narrative: _Text = ""


class Subject(Body):
    """The learner and what was earned."""

    type: Literal["AchievementSubject"] | list[Literal["AchievementSubject"]] = "AchievementSubject"
    id: str | None = Field(default=None, max_length=300)
    identifier: list[Identity] = Field(default=[], max_length=2)
    achievement: dict[str, Any]
    result: list[Result] = Field(default=[], max_length=MOST)
    credits_earned: float | None = Field(default=None, strict=True)
    term: _Text = ""
    role: _Text = ""
    narrative: _Text = ""
    activity_start_date: _Day = ""
    activity_end_date: _Day = ""


class Unsigned(Body):
    """An unsigned Open Badges credential."""

    context: list[str] = Field(alias="@context", max_length=2)
    type: list[str] = Field(max_length=2)
    issuer: str | Issuer = ""
    name: _Text = ""
    credential_subject: Subject
    awarded_date: _Text = ""
    valid_from: _Text = ""
    valid_until: _Text = ""
    evidence: list[Evidence] = Field(default=[], max_length=MOST)


class IssueOptions(Options):
    """What is said beside the credential: the learner's name, for the organisation's own list, and in which form it is
    signed (empty: as the achievement says).
    """

    learner_name: str = Field(default="", max_length=200)
    format: str = Field(default="", max_length=40)


class ToIssue(Body):
    """A request to issue."""

    credential: Unsigned
    options: IssueOptions = IssueOptions()

    def proposal(self) -> Proposal:
        """The same for the service. Raises: ProblemError when it is no Open Badges credential for one learner."""
        asked, subject = self.credential, self.credential.credential_subject
        if asked.context != [CONTEXT, OPEN_BADGES_CONTEXT]:
            raise MalformedValueError(
                f"The contexts are {CONTEXT} and {OPEN_BADGES_CONTEXT}.", pointer="/credential/@context"
            )
        if len(asked.type) != 2 or asked.type[0] != "VerifiableCredential" or asked.type[1] not in _BADGE_TYPES:
            raise MalformedValueError(
                "The types are VerifiableCredential and OpenBadgeCredential.", pointer="/credential/type"
            )
        return Proposal(
            issuer=asked.issuer if isinstance(asked.issuer, str) else asked.issuer.id,
            achievement=subject.achievement,
            name=asked.name,
            holder=subject.id,
            draft=self._draft(asked, subject),
        )

    def _draft(self, asked: Unsigned, subject: Subject) -> AwardDraft:
        named = [each for each in subject.identifier if each.identity_type == "name"]
        others = [each for each in subject.identifier if each.identity_type != "name"]
        if len(named) > 1 or len(others) > 1:
            raise MalformedValueError("A learner has one name and one identifier.", pointer=f"{_SUBJECT}/identifier")
        identifier = others[0].identity_hash if others else subject.id
        if identifier is None:
            raise MalformedValueError(
                "A learner has an id, or an identifier that is not the name.", pointer=f"{_SUBJECT}/identifier"
            )
        return AwardDraft(
            achievement=str(subject.achievement.get("id", "")).rpartition("/")[2],
            learner_name=named[0].identity_hash if named else self.options.learner_name or identifier,
            show_name=bool(named),
            identifier=identifier,
            identifier_type=others[0].identity_type if others else "identifier",
            awarded=asked.awarded_date,
            valid_from=asked.valid_from,
            valid_until=asked.valid_until,
            activity_start=subject.activity_start_date,
            activity_end=subject.activity_end_date,
            term=subject.term,
            role=subject.role,
            credits_earned=subject.credits_earned,
            narrative=subject.narrative,
            format=self.options.format,
            results=tuple(result.draft(place) for place, result in enumerate(subject.result)),
            evidence=tuple(
                EvidenceDraft(url=each.id, name=each.name, description=each.description, narrative=each.narrative)
                for each in asked.evidence
            ),
        )


class Entry(Body):
    """The status that is set: as much of the credential's own status entry as the program knows."""

    type: Literal["BitstringStatusListEntry"]
    id: str | None = Field(default=None, max_length=2000)
    status_purpose: Literal["revocation", "suspension"] = "revocation"
    status_list_index: str | None = Field(default=None, max_length=20)
    status_list_credential: str | None = Field(default=None, max_length=2000)


class StatusOptions(Options):
    """Why: for a withdrawal one of the reasons that are published, for a pause some words that are not."""

    reason: str | None = Field(default=None, max_length=2000)


class ToSet(Body):
    """A request to set a status: withdrawing is for good, a pause can be lifted."""

    credential_id: str = Field(max_length=200)
    credential_status: Entry
    status: StrictBool
    options: StatusOptions = StatusOptions()
