"""The rules of Open Badges 3.0 and CLR 2.0 that no schema states, each broken one as a problem.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#data-model, https://www.imsglobal.org/spec/clr/v2p0/#data-model
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vc.document import JsonObject, listed, pointer
from vc.openbadges.achievements import Achievement, Result, ResultDescription
from vc.openbadges.credentials import AchievementCredential, ClrCredential, EndorsementCredential, OpenBadgesCredential
from vc.openbadges.identity import is_identity_hash
from vc.openbadges.terms import SCHEMA_TYPE, SUBJECT
from vc.problems import ProblemError, SchemaViolationError


def achievement_rules(document: JsonObject) -> Iterator[ProblemError]:
    """The rules of an AchievementCredential; a member that cannot be read ends the list.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievementsubject
    """
    view = AchievementCredential(document)
    try:
        yield from _common(view)
        yield from _identified(view)
        achievement = view.achievement
        descriptions = achievement.result_descriptions
        yield from _achievement(achievement, descriptions)
        results = view.results_by(descriptions)
        # Any rubric of the achievement: the specification's own complete example names a level of another description.
        levels = frozenset(level.id for item in descriptions for level in item.levels) if results else frozenset()
        for index, result in enumerate(results):
            yield from _result(result, levels, pointer("credentialSubject", "result", index))
    except ProblemError as error:
        yield error


def endorsement_rules(document: JsonObject) -> Iterator[ProblemError]:
    """The rules of an EndorsementCredential.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#endorsementcredential
    """
    try:
        yield from _common(EndorsementCredential(document))
    except ProblemError as error:
        yield error


def clr_rules(document: JsonObject) -> Iterator[ProblemError]:
    """The rules of a ClrCredential; its credentials are judged by themselves.

    Spec: https://www.imsglobal.org/spec/clr/v2p0/#clrsubject
    """
    view = ClrCredential(document)
    try:
        yield from _common(view)
        yield from _identified(view)
        for achievement in view.achievements:
            yield from _achievement(achievement, achievement.result_descriptions)
        if not view.contained:
            detail = "A learner record holds at least one credential."
            yield SchemaViolationError(detail, pointer=SUBJECT + "/verifiableCredential")
        known = view.achievement_ids
        for association in view.associations:
            ends = (("sourceId", association.source_id), ("targetId", association.target_id))
            for name, identifier in ends:
                if identifier not in known:
                    detail = f"An association names {identifier}, which is no achievement of this record."
                    yield SchemaViolationError(detail, pointer=association.here + pointer(name))
    except ProblemError as error:
        yield error


def _common(view: OpenBadgesCredential) -> Iterator[ProblemError]:
    # "One instance of CredentialSchema MUST have a type of '1EdTechJsonSchemaValidator2019'."
    if view.schemas and not any(SCHEMA_TYPE in listed(entry.get("type")) for entry in view.schemas):
        detail = f"It names schemas, but none of the type {SCHEMA_TYPE}, of which one is asked for."
        yield SchemaViolationError(detail, pointer="/credentialSchema")


def _identified(view: OpenBadgesCredential) -> Iterator[ProblemError]:
    # "Either id or at least one identifier MUST be supplied."
    if view.subject_id is None and not view.identifiers:
        yield SchemaViolationError("Nothing says who earned this: no id, no identifier.", pointer=SUBJECT)
    for identity in view.identifiers:
        # "If alg is used, identityHash is alg$hash"; a hash that is none can never be matched
        if identity.hashed and not is_identity_hash(identity.identity_hash or ""):
            here = identity.here + "/identityHash"
            yield SchemaViolationError("A hashed identity has the form sha256$… (or md5$…), in full.", pointer=here)


def _achievement(achievement: Achievement, descriptions: Sequence[ResultDescription]) -> Iterator[ProblemError]:
    criteria = achievement.criteria
    if criteria is None or (criteria.id is None and criteria.narrative is None):
        detail = "The criteria say nothing: neither id nor narrative."
        yield SchemaViolationError(detail, pointer=achievement.here + "/criteria")
    for described in descriptions:
        # "The id of the rubric criterion level required to pass"
        if described.required_level is not None and described.required_level not in {
            level.id for level in described.levels
        }:
            detail = "A result description asks for a rubric level that it does not have."
            yield SchemaViolationError(detail, pointer=described.here + "/requiredLevel")


def _result(result: Result, levels: frozenset[str | None], here: str) -> Iterator[ProblemError]:
    described = result.description_view
    if result.stated.result_description is not None and described is None:
        yield SchemaViolationError("A result refers to a description that is not there.", pointer=here)
    # "Required if resultType of the linked ResultDescription is Status."
    if result.type == "Status" and result.status is None:
        yield SchemaViolationError("A result of the type Status has no status.", pointer=here)
    if result.achieved_level is not None and result.achieved_level not in levels:
        yield SchemaViolationError("A result refers to a rubric level that is not there.", pointer=here)
