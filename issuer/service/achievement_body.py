"""From a draft to the Open Badges Achievement that credentials will carry.

The ids of result descriptions and rubric levels are made once and survive editing (matched by id, else by name), so
that a mark given last year still points at something.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievement
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from issuer.service import inputs
from issuer.service.drafts import AchievementDraft, AlignmentDraft, LevelDraft, ResultDescriptionDraft
from issuer.service.vocabulary import RESULT_TYPES, TARGET_TYPES
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput
from kit.i18n import _

MOST_ITEMS: Final = 100
LONGEST_IMAGE: Final = 20_000
_DATA_IMAGE: Final = re.compile(r"data:image/(?:png|svg\+xml|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}")


def achievement_body(draft: AchievementDraft, *, before: Mapping[str, Any] | None, loopback: bool) -> dict[str, Any]:
    """The Achievement of ``draft`` without its id; ``before`` is the version it replaces.

    Raises: BadInput, naming the field.
    """
    body: dict[str, Any] = {
        "type": ["Achievement"],
        "name": inputs.line(draft.name, "name", required=True),
        "description": inputs.paragraph(draft.description, "description", required=True),
        "criteria": _criteria(draft, loopback=loopback),
        "achievementType": inputs.choice(
            draft.achievement_type, "achievementType", allowed=tuple(ACHIEVEMENT_TYPES), extensible=True
        ),
    }
    _put(body, "humanCode", inputs.line(draft.human_code, "humanCode", required=False, longest=80))
    _put(body, "fieldOfStudy", inputs.line(draft.field_of_study, "fieldOfStudy", required=False))
    credits_available = inputs.number(draft.credits_available, "creditsAvailable")
    if credits_available is not None:
        body["creditsAvailable"] = plain_number(credits_available)
    _put(body, "inLanguage", inputs.language_tag(draft.language, "inLanguage"))
    tags = [inputs.line(tag, f"tags/{n}", required=True, longest=100) for n, tag in _few(draft.tags, "tags")]
    _put(body, "tag", list(dict.fromkeys(tags)))
    _put(body, "alignment", [_alignment(a, n, loopback=loopback) for n, a in _few(draft.alignments, "alignments")])
    old = list(before.get("resultDescription", ())) if before else []
    _put(body, "resultDescription", [_result(r, n, old) for n, r in _few(draft.results, "results")])
    image = inputs.line(draft.image, "image", required=False, longest=LONGEST_IMAGE)
    if image:
        if not _DATA_IMAGE.fullmatch(image):
            inputs.web_address(image, "image", required=True, loopback=loopback)
        body["image"] = {"id": image, "type": "Image"}
    return body


def plain_number(value: float) -> float | int:
    """A number as JSON programs agree on it: whole ones without a decimal point."""
    return int(value) if value == int(value) else value


def _put(body: dict[str, Any], name: str, value: str | list[Any]) -> None:
    if value:
        body[name] = value


def _few(items: Sequence[Any], field: str) -> list[tuple[int, Any]]:
    if len(items) > MOST_ITEMS:
        raise BadInput(
            _("There are too many entries here."),
            field=field,
            remedy=_("Use at most %(most)s.", most=MOST_ITEMS),
        )
    return list(enumerate(items))


def _criteria(draft: AchievementDraft, *, loopback: bool) -> dict[str, Any]:
    narrative = inputs.paragraph(draft.criteria_narrative, "criteriaNarrative", required=False)
    url = inputs.web_address(draft.criteria_url, "criteriaUrl", required=False, loopback=loopback)
    if not narrative and not url:
        raise BadInput(
            _("Say what a learner has to do to earn this."),
            field="criteriaNarrative",
            remedy=_("Write a sentence or two, or give the web address where it is written."),
        )
    criteria: dict[str, Any] = {"type": ["Criteria"]}
    _put(criteria, "id", url)
    _put(criteria, "narrative", narrative)
    return criteria


def _alignment(draft: AlignmentDraft, place: int, *, loopback: bool) -> dict[str, Any]:
    field = f"alignments/{place}"
    alignment: dict[str, Any] = {
        "type": ["Alignment"],
        "targetName": inputs.line(draft.target_name, f"{field}/targetName", required=True),
        "targetUrl": inputs.identifier_uri(draft.target_url, f"{field}/targetUrl", required=True, loopback=loopback),
    }
    _put(alignment, "targetCode", inputs.line(draft.target_code, f"{field}/targetCode", required=False))
    _put(
        alignment,
        "targetDescription",
        inputs.paragraph(draft.target_description, f"{field}/targetDescription", required=False),
    )
    _put(alignment, "targetFramework", inputs.line(draft.target_framework, f"{field}/targetFramework", required=False))
    if draft.target_type:
        alignment["targetType"] = inputs.choice(
            draft.target_type, f"{field}/targetType", allowed=TARGET_TYPES, extensible=True
        )
    return alignment


def _result(draft: ResultDescriptionDraft, place: int, old: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    field = f"results/{place}"
    name = inputs.line(draft.name, f"{field}/name", required=True)
    kind = inputs.choice(draft.result_type, f"{field}/resultType", allowed=tuple(RESULT_TYPES), extensible=True)
    previous = _same(draft.id, name, old)
    result: dict[str, Any] = {
        "id": previous["id"] if previous else f"urn:uuid:{uuid.uuid4()}",
        "type": ["ResultDescription"],
        "name": name,
        "resultType": kind,
    }
    allowed = [
        inputs.line(value, f"{field}/allowedValues/{n}", required=True, longest=100)
        for n, value in _few(draft.allowed_values, f"{field}/allowedValues")
    ]
    _put(result, "allowedValue", allowed)
    _put(result, "requiredValue", inputs.line(draft.required_value, f"{field}/requiredValue", required=False))
    _put(result, "valueMin", inputs.line(draft.value_min, f"{field}/valueMin", required=False, longest=40))
    _put(result, "valueMax", inputs.line(draft.value_max, f"{field}/valueMax", required=False, longest=40))
    known = list(previous.get("rubricCriterionLevel", ())) if previous else []
    levels = [_level(level, f"{field}/levels/{n}", known) for n, level in _few(draft.levels, f"{field}/levels")]
    _put(result, "rubricCriterionLevel", levels)
    if draft.required_level:
        wanted = _same(draft.required_level, draft.required_level, levels)
        if wanted is None:
            raise BadInput(
                _("The required level is not one of the levels."),
                field=f"{field}/requiredLevel",
                remedy=_("Write it exactly like one of them."),
            )
        result["requiredLevel"] = wanted["id"]
    if kind == "RubricCriterionLevel" and not levels:
        raise BadInput(
            _("A rubric needs its levels."), field=f"{field}/levels", remedy=_("List them from low to high.")
        )
    return result


def _level(draft: LevelDraft, field: str, old: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    name = inputs.line(draft.name, f"{field}/name", required=True, longest=100)
    previous = _same(draft.id, name, old)
    level: dict[str, Any] = {
        "id": previous["id"] if previous else f"urn:uuid:{uuid.uuid4()}",
        "type": ["RubricCriterionLevel"],
        "name": name,
    }
    _put(level, "description", inputs.paragraph(draft.description, f"{field}/description", required=False))
    _put(level, "level", inputs.line(draft.level, f"{field}/level", required=False, longest=40))
    _put(level, "points", inputs.line(draft.points, f"{field}/points", required=False, longest=40))
    return level


def _same(given_id: str, name: str, old: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    for item in old:
        if given_id and item["id"] == given_id:
            return item
    for item in old:
        if str(item["name"]).casefold() == name.casefold():
            return item
    return None
