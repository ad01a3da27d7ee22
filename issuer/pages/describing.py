"""The form of an achievement: its rows, what they say, and what they show of an achievement that is there already.

The form of a profile (``issuer.pages.profile``) has rows of the same kind.

The rows of a form are a tree: a field is a text under its name, a list is a list of trees under its own
(``results/0/levels/1/name`` of the form is ``tree["results"][0]["levels"][1]["name"]``). Rows are added, removed and
moved by buttons that send the form without saving it, so that no script is needed. Field names are the API's member
names, so that an error finds its field. Tags and allowed marks stand one on a line: no other sign can divide them
without being missed inside them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, TypeAlias, TypeVar

from pydantic.alias_generators import to_camel

from issuer.service.achievements import Achievement, default_image
from issuer.service.drafts import (
    AccreditationDraft,
    AchievementDraft,
    AlignmentDraft,
    CreatorDraft,
    IdentifierDraft,
    LevelDraft,
    RelatedDraft,
    ResultDescriptionDraft,
)

Tree: TypeAlias = dict[str, Any]
Draft = TypeVar("Draft", AccreditationDraft, AlignmentDraft, IdentifierDraft)

MOST_ROWS: Final = 100
MOST_FIELDS: Final = 1900
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("accreditations", "alignments", "otherIdentifiers", "related", "results"),
    "results": ("alignments", "levels"),
    "levels": ("alignments",),
}
_ALIGNMENT: Final = ("targetName", "targetUrl", "targetCode", "targetDescription", "targetFramework", "targetType")
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_ACT: Final = re.compile(r"(add|remove|up):([A-Za-z]+(?:/[0-9]{1,3}/[A-Za-z]+)*)(?:/([0-9]{1,3}))?")


def grown(values: Mapping[str, str], *, keep_empty: bool) -> Tree:
    """The rows of a form that was sent, numbered anew; rows in which nothing stands are gone unless they are kept."""
    tree: Tree = {}
    for name, value in values.items():
        _plant(tree, "", name.split("/"), value)
    return _tidy(tree, "", keep_empty=keep_empty)


def _plant(tree: Tree, kind: str, path: Sequence[str], value: str) -> None:
    first = path[0]
    if first in _LISTS.get(kind, ()) and len(path) > 2 and _NUMBER.fullmatch(path[1]):
        rows = tree.setdefault(first, {})
        _plant(rows.setdefault(int(path[1]), {}), first, path[2:], value)
    elif first not in _LISTS.get(kind, ()):
        tree["/".join(path)] = value


def _tidy(tree: Tree, kind: str, *, keep_empty: bool) -> Tree:
    for name in _LISTS.get(kind, ()):
        rows = tree.get(name, {})
        wanted = tree.get("requiredLevel", "") if name == "levels" else ""
        kept = []
        for number in sorted(rows):
            row = _tidy(rows[number], name, keep_empty=keep_empty)
            if wanted == str(number):
                row["required"] = "1"
            # the id of a row that was here before is ours, and says nothing by itself
            if keep_empty or any(value for field, value in row.items() if field != "id" or name == "related"):
                kept.append(row)
        tree[name] = kept
    if kind == "results":
        tree.pop("requiredLevel", None)
    return tree


def size(tree: Tree) -> int:
    """How many fields a form with these rows has, about: each list has empty fields, too."""
    return sum(sum(10 + size(row) for row in value) if isinstance(value, list) else 1 for value in tree.values())


def changed(tree: Tree, act: str) -> str:
    """Add, remove or move up a row: ``add:results/0/levels``, ``remove:alignments/2``, ``up:results/0/levels/1``.

    Returns the stem of the row to go on with, or of its list. What is no such act changes nothing.
    """
    found = _ACT.fullmatch(act)
    if found is None:
        return ""
    verb, place, number = found[1], found[2], found[3]
    rows = _rows(tree, place.split("/"))
    if rows is None:
        return ""
    if verb == "add":
        if len(rows) < MOST_ROWS:
            rows.append({name: [] for name in _LISTS.get(place.rpartition("/")[2], ())})
        return f"{place}/{len(rows) - 1}"
    at = int(number) if number else len(rows)
    if at >= len(rows):
        return place
    if verb == "remove":
        del rows[at]
        return place
    if at:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return f"{place}/{max(at - 1, 0)}"


def _rows(tree: Tree, path: Sequence[str]) -> list[Tree] | None:
    kind = ""
    for name, number in zip(path[0::2], [*path[1::2], ""], strict=True):
        if name not in _LISTS.get(kind, ()):
            return None
        rows: list[Tree] = tree.setdefault(name, [])
        if not number:
            return rows
        if int(number) >= len(rows):
            return None
        tree, kind = rows[int(number)], name
    return None


def draft(tree: Tree) -> AchievementDraft:
    """What the form says."""
    creator = {field.name: _text(tree, f"creator/{field.name}") for field in fields(CreatorDraft)}
    return AchievementDraft(
        name=_text(tree, "name"),
        description=_text(tree, "description"),
        criteria_narrative=_text(tree, "criteriaNarrative"),
        criteria_url=_text(tree, "criteriaUrl"),
        achievement_type=_text(tree, "achievementType") or "Achievement",
        human_code=_text(tree, "humanCode"),
        field_of_study=_text(tree, "fieldOfStudy"),
        specialization=_text(tree, "specialization"),
        credits_available=_text(tree, "creditsAvailable"),
        tags=_lines(tree, "tags"),
        language=_text(tree, "inLanguage"),
        image=_text(tree, "image"),
        image_caption=_text(tree, "imageCaption"),
        alignments=drafts(AlignmentDraft, tree.get("alignments", ())),
        results=tuple(_result(row) for row in tree.get("results", ())),
        other_identifiers=drafts(IdentifierDraft, tree.get("otherIdentifiers", ())),
        related=tuple(
            RelatedDraft(id=_text(row, "id"), language=_text(row, "inLanguage"), version=_text(row, "version"))
            for row in tree.get("related", ())
        ),
        creator=CreatorDraft(**creator) if any(creator.values()) else None,
        pausable={"yes": True, "no": False}.get(_text(tree, "pausable")),
        refreshing={"yes": True, "no": False}.get(_text(tree, "refreshing")),
        format=_text(tree, "format"),
    )


def drafts(kind: type[Draft], rows: Sequence[Tree]) -> tuple[Draft, ...]:
    """Rows whose fields are the members of a draft of texts, in their order."""
    names = {field.name: to_camel(field.name) for field in fields(kind)}
    return tuple(kind(**{name: _text(row, field) for name, field in names.items()}) for row in rows)


def _text(tree: Tree, name: str) -> str:
    return str(tree.get(name, ""))


def _lines(tree: Tree, name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(tree, name).split("\n") if line.strip())


def _result(tree: Tree) -> ResultDescriptionDraft:
    levels = tree.get("levels", ())
    return ResultDescriptionDraft(
        id=_text(tree, "id"),
        name=_text(tree, "name"),
        result_type=_text(tree, "resultType"),
        allowed_values=_lines(tree, "allowedValues"),
        required_value=_text(tree, "requiredValue"),
        value_min=_text(tree, "valueMin"),
        value_max=_text(tree, "valueMax"),
        levels=tuple(
            LevelDraft(
                id=_text(level, "id"),
                name=_text(level, "name"),
                description=_text(level, "description"),
                level=_text(level, "level"),
                points=_text(level, "points"),
                alignments=drafts(AlignmentDraft, level.get("alignments", ())),
            )
            for level in levels
        ),
        required_level=next((_text(level, "name") for level in levels if level.get("required")), ""),
        alignments=drafts(AlignmentDraft, tree.get("alignments", ())),
    )


def rows_of(found: Achievement) -> Tree:
    """What the form shows of an achievement that is there."""
    said = {"pausable": found.pausable, "refreshing": found.refreshing}
    kept = {name: "yes" if each else "no" for name, each in said.items()}
    return {**shown(found.body, found.iri), **kept, "format": found.format}


def shown(body: Mapping[str, Any], iri: str) -> Tree:
    """What the form shows of the description of an achievement whose id is ``iri``."""
    image = body.get("image", {})
    creator = body.get("creator", {})
    return {
        "name": body["name"],
        "description": body["description"],
        "criteriaNarrative": body["criteria"].get("narrative", ""),
        "criteriaUrl": body["criteria"].get("id", ""),
        "achievementType": body["achievementType"],
        "humanCode": body.get("humanCode", ""),
        "fieldOfStudy": body.get("fieldOfStudy", ""),
        "specialization": body.get("specialization", ""),
        "creditsAvailable": str(body.get("creditsAvailable", "")),
        "tags": "\n".join(body.get("tag", ())),
        "inLanguage": body.get("inLanguage", ""),
        "image": "" if image.get("id") == default_image(iri) else image.get("id", ""),
        "imageCaption": image.get("caption", ""),
        "alignments": _shown_alignments(body),
        "otherIdentifiers": [
            {"identifier": item["identifier"], "identifierType": item["identifierType"]}
            for item in body.get("otherIdentifier", ())
        ],
        "related": [
            {"id": item["id"], "inLanguage": item.get("inLanguage", ""), "version": item.get("version", "")}
            for item in body.get("related", ())
        ],
        "results": [_shown_result(item) for item in body.get("resultDescription", ())],
        **{f"creator/{field.name}": creator.get(field.name, "") for field in fields(CreatorDraft)},
    }


def translated(found: Achievement) -> Tree:
    """The rows to describe ``found`` in another language: all of it, in words to be replaced, and what it belongs to.

    Marks and levels become new ones.
    """
    tree = rows_of(found)
    for result in tree["results"]:
        for row in (result, *result["levels"]):
            row["id"] = ""
    origin = {"id": found.iri, "inLanguage": tree["inLanguage"], "version": ""}
    return {**tree, "inLanguage": "", "related": [origin, *tree["related"]]}


def _shown_alignments(item: Mapping[str, Any]) -> list[Tree]:
    return [{name: alignment.get(name, "") for name in _ALIGNMENT} for alignment in item.get("alignment", ())]


def _shown_result(item: Mapping[str, Any]) -> Tree:
    required = item.get("requiredLevel")
    return {
        "id": item["id"],
        "name": item["name"],
        "resultType": item["resultType"],
        "allowedValues": "\n".join(item.get("allowedValue", ())),
        "requiredValue": item.get("requiredValue", ""),
        "valueMin": item.get("valueMin", ""),
        "valueMax": item.get("valueMax", ""),
        "alignments": _shown_alignments(item),
        "levels": [
            {
                "id": level["id"],
                "name": level["name"],
                "description": level.get("description", ""),
                "level": level.get("level", ""),
                "points": level.get("points", ""),
                "required": "1" if level["id"] == required else "",
                "alignments": _shown_alignments(level),
            }
            for level in item.get("rubricCriterionLevel", ())
        ],
    }
