"""What programs send. Members are camelCase; a member that is not listed here is refused, never ignored.

The bytes are read by the core's strict parser first (no duplicate members, no NaN, no control characters, UTF-8 only),
then by these models, then by the service, which judges the values.
"""

from copy import deepcopy
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from issuer.service.drafts import (
    AccreditationDraft,
    AchievementDraft,
    AlignmentDraft,
    AwardDraft,
    CreatorDraft,
    EvidenceDraft,
    IdentifierDraft,
    LevelDraft,
    OrganisationDraft,
    RelatedDraft,
    ResultDescriptionDraft,
    ResultDraft,
)
from kit.errors import BadInput, WrongMedia
from kit.i18n import _
from kit.web.csrf import FORM_TYPES, media_type
from vc.document import Limits, parse

B = TypeVar("B", bound="Body")

BODY_LIMITS = Limits(max_bytes=512 * 1024, max_depth=12, max_nodes=5000, max_items=500, max_string=64 * 1024)
MOST = 200


async def raw_body(request: Request) -> bytes:
    """The bytes of the request. Raises: WrongMedia for a form, whose bytes were read as a form already."""
    if media_type(request) in FORM_TYPES:
        raise WrongMedia(_("Send JSON as application/json here."))
    return await request.body()


Raw = Annotated[bytes, Depends(raw_body)]


class Body(BaseModel):
    """A request body."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


def read(model: type[B], raw: bytes, *, limits: Limits = BODY_LIMITS) -> B:
    """The body as ``model``.

    Raises: ProblemError when it is not strict JSON, BadInput naming the member that is wrong.
    """
    value = parse(raw, limits=limits).value
    try:
        return model.model_validate(value, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(part) for part in first["loc"])
        raise BadInput(
            _("“%(place)s” cannot be used: %(problem)s.", place=place, problem=str(first["msg"])), field=place
        ) from None


class IdentifierBody(Body):
    """Another number or name of the same thing."""

    identifier: str
    identifier_type: str


class AccreditationBody(Body):
    """What an organisation says of its accreditation."""

    body_name: str
    state: str
    body_id: str = ""
    since: str = ""
    until: str = ""
    document_url: str = ""


class ParentBody(Body):
    """The organisation that one belongs to."""

    id: str
    name: str = ""


class OrganisationBody(Body):
    """An organisation: all that it says about itself. ``logo`` is the address that an uploaded picture got.

    ``namedBy`` counts when it is opened: ``web`` or ``key``. ``timeZone`` is a name such as ``America/New_York``; empty
    leaves what is.
    """

    name: str
    slug: str = ""
    named_by: str = ""
    kind: str = ""
    url: str = ""
    email: str = ""
    description: str = ""
    address: dict[str, str] | None = None
    legal_name: str = ""
    phone: str = ""
    official: str = ""
    logo: str = ""
    parent: ParentBody | None = None
    other_identifiers: tuple[IdentifierBody, ...] = Field(default=(), max_length=MOST)
    accreditations: tuple[AccreditationBody, ...] = Field(default=(), max_length=MOST)
    time_zone: str = ""

    def draft(self) -> OrganisationDraft:
        """The same for the service."""
        return OrganisationDraft(
            **self.model_dump(exclude={"parent", "other_identifiers", "accreditations"}),
            parent_id=self.parent.id if self.parent else "",
            parent_name=self.parent.name if self.parent else "",
            identifiers=tuple(IdentifierDraft(**item.model_dump()) for item in self.other_identifiers),
            accreditations=tuple(AccreditationDraft(**item.model_dump()) for item in self.accreditations),
        )


class AlignmentBody(Body):
    """What an achievement corresponds to."""

    target_name: str
    target_url: str
    target_code: str = ""
    target_description: str = ""
    target_framework: str = ""
    target_type: str = ""

    def draft(self) -> AlignmentDraft:
        """The same for the service."""
        return AlignmentDraft(**self.model_dump())


class LevelBody(Body):
    """One level of a rubric, from low to high."""

    name: str
    id: str = ""
    description: str = ""
    level: str = ""
    points: str = ""
    alignments: tuple[AlignmentBody, ...] = Field(default=(), max_length=MOST)

    def draft(self) -> LevelDraft:
        """The same for the service."""
        plain = self.model_dump(exclude={"alignments"})
        return LevelDraft(**plain, alignments=tuple(alignment.draft() for alignment in self.alignments))


class ResultDescriptionBody(Body):
    """How an achievement is marked."""

    name: str
    result_type: str
    id: str = ""
    allowed_values: tuple[str, ...] = Field(default=(), max_length=MOST)
    required_value: str = ""
    value_min: str = ""
    value_max: str = ""
    levels: tuple[LevelBody, ...] = Field(default=(), max_length=MOST)
    required_level: str = ""
    alignments: tuple[AlignmentBody, ...] = Field(default=(), max_length=MOST)

    def draft(self) -> ResultDescriptionDraft:
        """The same for the service."""
        return ResultDescriptionDraft(
            **self.model_dump(exclude={"alignments", "levels"}),
            levels=tuple(level.draft() for level in self.levels),
            alignments=tuple(alignment.draft() for alignment in self.alignments),
        )


class RelatedBody(Body):
    """The same thing in another language or version, or as an older badge."""

    id: str
    in_language: str = ""
    version: str = ""


class CreatorBody(Body):
    """Who thought it up, when that is somebody else."""

    id: str
    name: str = ""
    url: str = ""
    email: str = ""
    description: str = ""


class AchievementBody(Body):
    """What can be earned. ``version`` guards an edit: it is refused when somebody else was faster.

    ``pausable`` left out: as it was, or as its kind usually has it. ``refreshing`` left out: as it was, at first not.
    """

    name: str
    description: str
    criteria_narrative: str = ""
    criteria_url: str = ""
    achievement_type: str = "Achievement"
    human_code: str = ""
    field_of_study: str = ""
    credits_available: float | None = None
    tags: tuple[str, ...] = Field(default=(), max_length=MOST)
    alignments: tuple[AlignmentBody, ...] = Field(default=(), max_length=MOST)
    results: tuple[ResultDescriptionBody, ...] = Field(default=(), max_length=MOST)
    in_language: str = ""
    image: str = ""
    image_caption: str = ""
    specialization: str = ""
    other_identifiers: tuple[IdentifierBody, ...] = Field(default=(), max_length=MOST)
    related: tuple[RelatedBody, ...] = Field(default=(), max_length=MOST)
    creator: CreatorBody | None = None
    pausable: bool | None = None
    refreshing: bool | None = None
    format: str = ""
    version: int | None = None

    def draft(self) -> AchievementDraft:
        """The same for the service."""
        parts = {"alignments", "creator", "in_language", "other_identifiers", "related", "results", "version"}
        return AchievementDraft(
            **self.model_dump(exclude=parts),
            language=self.in_language,
            alignments=tuple(alignment.draft() for alignment in self.alignments),
            results=tuple(result.draft() for result in self.results),
            other_identifiers=tuple(IdentifierDraft(**item.model_dump()) for item in self.other_identifiers),
            related=tuple(
                RelatedDraft(id=item.id, language=item.in_language, version=item.version) for item in self.related
            ),
            creator=CreatorDraft(**self.creator.model_dump()) if self.creator else None,
        )


class ResultBody(Body):
    """One mark."""

    value: str
    description: str = ""


class EvidenceBody(Body):
    """A piece of work that shows it."""

    url: str = ""
    name: str = ""
    description: str = ""
    narrative: str = ""


class AwardBody(Body):
    """One learner and what was earned. ``achievement`` is its id here, or its whole address. ``adult``: the learner is
    known to be 18 or older.
    """

    achievement: str
    learner_name: str
    identifier: str
    identifier_type: str = ""
    show_name: bool = False
    adult: bool = False
    awarded_date: str = ""
    valid_from: str = ""
    valid_until: str = ""
    activity_start_date: str = ""
    activity_end_date: str = ""
    term: str = ""
    role: str = ""
    credits_earned: float | None = None
    narrative: str = ""
    results: tuple[ResultBody, ...] = Field(default=(), max_length=MOST)
    evidence: tuple[EvidenceBody, ...] = Field(default=(), max_length=MOST)
    format: str = ""

    def draft(self) -> AwardDraft:
        """The same for the service."""
        plain = self.model_dump(
            exclude={
                "achievement",
                "awarded_date",
                "activity_start_date",
                "activity_end_date",
                "results",
                "evidence",
            }
        )
        return AwardDraft(
            **plain,
            achievement=self.achievement.rpartition("/")[2],
            awarded=self.awarded_date,
            activity_start=self.activity_start_date,
            activity_end=self.activity_end_date,
            results=tuple(ResultDraft(**result.model_dump()) for result in self.results),
            evidence=tuple(EvidenceDraft(**piece.model_dump()) for piece in self.evidence),
        )


class RevocationBody(Body):
    """Why an award is withdrawn. ``since`` counts in demonstrations only."""

    reason: str
    note: str = ""
    since: str = ""


class RetirementBody(Body):
    """Whether an achievement is off the list of what can be awarded."""

    retired: bool


class InvitationBody(Body):
    """Who is invited: ``label`` is for your own list of open invitations."""

    role: str
    label: str


def members_of(model: type[Body]) -> list[str]:
    """The member names of a body, as they are sent."""
    return [str(field.alias or name) for name, field in model.model_fields.items()]


def openapi_of(model: type[Body]) -> dict[str, Any]:
    """What the API's description says about a body; the caller's own, to add to."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": deepcopy(_schema(model))}}}}


@cache
def _schema(model: type[Body]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
