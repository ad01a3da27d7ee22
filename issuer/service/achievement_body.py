"""From a draft to the Open Badges Achievement that credentials will carry.

The ids of result descriptions and rubric levels are made once and survive editing (matched by id, else by name), so
that a mark given last year still points at something.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievement
"""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from issuer.service import inputs
from issuer.service.drafts import (
    AchievementDraft,
    AlignmentDraft,
    CreatorDraft,
    IdentifierDraft,
    LevelDraft,
    RelatedDraft,
    ResultDescriptionDraft,
)
from issuer.service.vocabulary import HOURS_ATTENDED, IDENTIFIER_TYPES, RESULT_TYPES, TARGET_TYPES
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
    _put(body, "specialization", inputs.line(draft.specialization, "specialization", required=False))
    _put(body, "otherIdentifier", [_identifier(i, n) for n, i in _few(draft.other_identifiers, "otherIdentifiers")])
    _put(body, "related", [_related(r, n, loopback=loopback) for n, r in _few(draft.related, "related")])
    _put(body, "alignment", alignments(draft.alignments, "alignments", loopback=loopback))
    old = list(before.get("resultDescription", ())) if before else []
    _put(body, "resultDescription", _results(draft.results, old, loopback=loopback))
    if draft.creator is not None:
        body["creator"] = _creator(draft.creator, loopback=loopback)
    image = inputs.line(draft.image, "image", required=False, longest=LONGEST_IMAGE)
    if image:
        if not _DATA_IMAGE.fullmatch(image):
            inputs.web_address(image, "image", required=True, loopback=loopback)
        body["image"] = {"id": image, "type": "Image"}
        _put(body["image"], "caption", inputs.line(draft.image_caption, "imageCaption", required=False))
    return body


def keep_apart(body: Mapping[str, Any], taken: Collection[str]) -> None:
    """Return when everything in ``body`` that has an id has its own; ``taken`` are the ids of what is around it.

    Two things with one id are one thing to a signature, with the members of both.
    Raises: BadInput, naming the field.
    """
    places = [
        ("criteriaUrl", body["criteria"]),
        ("image", body.get("image", {})),
        ("creator/id", body.get("creator", {})),
    ]
    places += [(f"related/{n}/id", item) for n, item in enumerate(body.get("related", ()))]
    seen = set(taken)
    for field, item in places:
        found = item.get("id")
        if found is not None and found in seen:
            raise BadInput(
                _("This address stands for something else here already."),
                field=field,
                remedy=_("Give its own address, or leave it out."),
            )
        seen.add(found)


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


def _identifier(draft: IdentifierDraft, place: int) -> dict[str, Any]:
    field = f"otherIdentifiers/{place}"
    return {
        "type": "IdentifierEntry",
        "identifier": inputs.line(draft.identifier, f"{field}/identifier", required=True),
        "identifierType": inputs.choice(
            draft.identifier_type, f"{field}/identifierType", allowed=IDENTIFIER_TYPES, extensible=True
        ),
    }


def _related(draft: RelatedDraft, place: int, *, loopback: bool) -> dict[str, Any]:
    field = f"related/{place}"
    related: dict[str, Any] = {
        "id": inputs.identifier_uri(draft.id, f"{field}/id", required=True, loopback=loopback),
        "type": ["Related"],
    }
    _put(related, "inLanguage", inputs.language_tag(draft.language, f"{field}/inLanguage"))
    _put(related, "version", inputs.line(draft.version, f"{field}/version", required=False, longest=80))
    return related


def _creator(draft: CreatorDraft, *, loopback: bool) -> dict[str, Any]:
    creator: dict[str, Any] = {
        "id": inputs.party_uri(draft.id, "creator/id", required=True, loopback=loopback),
        "type": ["Profile"],
    }
    _put(creator, "name", inputs.line(draft.name, "creator/name", required=False))
    _put(creator, "url", inputs.web_address(draft.url, "creator/url", required=False, loopback=loopback))
    _put(creator, "email", inputs.email(draft.email, "creator/email", required=False))
    _put(creator, "description", inputs.paragraph(draft.description, "creator/description", required=False))
    return creator


def alignments(drafts: Sequence[AlignmentDraft], field: str, *, loopback: bool) -> list[dict[str, Any]]:
    """The Alignments of ``drafts``; ``field`` is where they stand. Raises: BadInput, naming the field."""
    return [_alignment(draft, f"{field}/{n}", loopback=loopback) for n, draft in _few(drafts, field)]


def _alignment(draft: AlignmentDraft, field: str, *, loopback: bool) -> dict[str, Any]:
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


def _results(
    drafts: Sequence[ResultDescriptionDraft], old: Sequence[Mapping[str, Any]], *, loopback: bool
) -> list[dict[str, Any]]:
    previous = _kept(drafts, old, "results")
    found = [_result(draft, n, previous[n], loopback=loopback) for n, draft in _few(drafts, "results")]
    counted = [place for place, each in enumerate(found) if each["resultType"] == HOURS_ATTENDED]
    if len(counted) > 1:
        raise BadInput(
            _("Hours attended are counted in two marks."),
            field=f"results/{counted[1]}/resultType",
            remedy=_("Keep one of them, or choose another kind of mark."),
        )
    return found


def _result(
    draft: ResultDescriptionDraft, place: int, previous: Mapping[str, Any], *, loopback: bool
) -> dict[str, Any]:
    field = f"results/{place}"
    kind = inputs.choice(draft.result_type, f"{field}/resultType", allowed=tuple(RESULT_TYPES), extensible=True)
    result: dict[str, Any] = {
        "id": previous["id"],
        "type": ["ResultDescription"],
        "name": previous["name"],
        "resultType": kind,
    }
    allowed = [
        inputs.line(value, f"{field}/allowedValues/{n}", required=True, longest=100)
        for n, value in _few(draft.allowed_values, f"{field}/allowedValues")
    ]
    _put(result, "allowedValue", allowed)
    required = inputs.line(draft.required_value, f"{field}/requiredValue", required=False)
    if required and allowed and required not in allowed:
        raise BadInput(
            _("The mark that is needed is not one of the marks there are."),
            field=f"{field}/requiredValue",
            remedy=_("Write it exactly like one of them."),
        )
    _put(result, "requiredValue", required)
    _put(result, "valueMin", inputs.line(draft.value_min, f"{field}/valueMin", required=False, longest=40))
    _put(result, "valueMax", inputs.line(draft.value_max, f"{field}/valueMax", required=False, longest=40))
    known = previous.get("rubricCriterionLevel", ())
    kept = _kept(draft.levels, known, f"{field}/levels")
    levels = [
        _level(level, f"{field}/levels/{n}", kept[n], loopback=loopback)
        for n, level in _few(draft.levels, f"{field}/levels")
    ]
    _put(result, "rubricCriterionLevel", levels)
    if draft.required_level:
        result["requiredLevel"] = _required(draft.required_level, levels, f"{field}/requiredLevel")
    _put(result, "alignment", alignments(draft.alignments, f"{field}/alignments", loopback=loopback))
    if kind == HOURS_ATTENDED and (allowed or levels):
        raise BadInput(
            _("Hours are a number, which no list of marks or levels holds."),
            field=f"{field}/{'allowedValues' if allowed else 'levels'}",
            remedy=_("Leave the list empty, or choose another kind of mark."),
        )
    if kind == "RubricCriterionLevel" and not levels:
        raise BadInput(
            _("A rubric needs its levels."), field=f"{field}/levels", remedy=_("List them from low to high.")
        )
    return result


def _required(given: str, levels: Sequence[Mapping[str, Any]], field: str) -> str:
    wanted = inputs.line(given, field, required=True)
    for level in levels:
        if level["id"] == wanted:
            return str(level["id"])
    for level in levels:
        if str(level["name"]).casefold() == wanted.casefold():
            return str(level["id"])
    raise BadInput(
        _("The required level is not one of the levels."), field=field, remedy=_("Write it exactly like one of them.")
    )


def _level(draft: LevelDraft, field: str, previous: Mapping[str, Any], *, loopback: bool) -> dict[str, Any]:
    level: dict[str, Any] = {
        "id": previous["id"],
        "type": ["RubricCriterionLevel"],
        "name": inputs.line(draft.name, f"{field}/name", required=True, longest=100),
    }
    _put(level, "description", inputs.paragraph(draft.description, f"{field}/description", required=False))
    _put(level, "level", inputs.line(draft.level, f"{field}/level", required=False, longest=40))
    _put(level, "points", inputs.line(draft.points, f"{field}/points", required=False, longest=40))
    _put(level, "alignment", alignments(draft.alignments, f"{field}/alignments", loopback=loopback))
    return level


def _kept(
    drafts: Sequence[ResultDescriptionDraft | LevelDraft], old: Sequence[Mapping[str, Any]], field: str
) -> list[dict[str, Any]]:
    """For each draft what was there before under its id, else under its name, else nothing; with id and new name.

    No two of them get one id, and no two may have one name: marks name what they are by either.
    """
    names = [inputs.line(draft.name, f"{field}/{n}/name", required=True) for n, draft in _few(drafts, field)]
    folded = [name.casefold() for name in names]
    for n, name in enumerate(folded):
        if name in folded[:n]:
            raise BadInput(
                _("This name is there twice."), field=f"{field}/{n}/name", remedy=_("Give each its own name.")
            )
    free = {str(item["id"]): item for item in old}
    found: list[Mapping[str, Any] | None] = [free.pop(draft.id, None) for draft in drafts]
    by_name = {str(item["name"]).casefold(): item for item in free.values()}
    kept = []
    for n, name in enumerate(names):
        before = found[n] or by_name.get(folded[n]) or {"id": f"urn:uuid:{uuid.uuid4()}"}
        kept.append({**before, "name": name})
    return kept
