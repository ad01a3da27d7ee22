"""What was achieved, what its results mean, and what they were.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievement
"""

from __future__ import annotations

from dataclasses import dataclass

from vc.document import JsonObject
from vc.openbadges.members import View, many, number, objects, one, text, texts
from vc.openbadges.profiles import IdentifierEntry, Image, Profile


class Criteria(View):
    """What had to be done: a page, a text in Markdown, or both."""

    __slots__ = ()

    id = text("id")
    narrative = text("narrative")


class Alignment(View):
    """A competency or standard of some framework that an achievement, a level or a result is aligned with.

    ``target_type`` says what the target is: ``CFItem``, ``CFRubric``, ``CFRubricCriterion``, ``CFRubricCriterionLevel``
    (CASE), ``CTDL``, ``ceasn:Competency``, ``ceterms:Credential`` (Credential Engine), or an ``ext:`` term.
    """

    __slots__ = ()

    target_code = text("targetCode")
    target_description = text("targetDescription")
    target_name = text("targetName")
    target_framework = text("targetFramework")
    target_type = text("targetType")
    target_url = text("targetUrl")


class Related(View):
    """Another achievement: a translation, an earlier version, its Open Badges 2.0 form."""

    __slots__ = ()

    id = text("id")
    in_language = text("inLanguage")
    version = text("version")


class RubricCriterionLevel(View):
    """A level of a rubric that a result may reach."""

    __slots__ = ()

    id = text("id")
    name = text("name")
    description = text("description")
    level = text("level")
    points = text("points")
    alignments = many("alignment", lambda: Alignment)


class ResultDescription(View):
    """What a result means: its type, the values that it may have (low to high), and what is needed to pass."""

    __slots__ = ()

    id = text("id")
    name = text("name")
    result_type = text("resultType")
    allowed_values = texts("allowedValue")
    required_level = text("requiredLevel")
    required_value = text("requiredValue")
    value_min = text("valueMin")
    value_max = text("valueMax")
    levels = many("rubricCriterionLevel", lambda: RubricCriterionLevel)
    alignments = many("alignment", lambda: Alignment)


class Achievement(View):
    """What was achieved.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievement
    """

    __slots__ = ()

    id = text("id")
    name = text("name")
    description = text("description")
    type = text("achievementType")
    criteria = one("criteria", lambda: Criteria)
    creator = one("creator", lambda: Profile)
    credits_available = number("creditsAvailable")
    field_of_study = text("fieldOfStudy")
    human_code = text("humanCode")
    image = one("image", lambda: Image)
    in_language = text("inLanguage")
    specialization = text("specialization")
    version = text("version")
    tags = texts("tag")
    alignments = many("alignment", lambda: Alignment)
    other_identifiers = many("otherIdentifier", lambda: IdentifierEntry)
    related = many("related", lambda: Related)
    result_descriptions = many("resultDescription", lambda: ResultDescription)
    endorsements = objects("endorsement")
    endorsement_jwts = texts("endorsementJwt")

    def description_of(self, identifier: str | None) -> ResultDescription | None:
        """The result description with this id, if there is one."""
        return next((item for item in self.result_descriptions if item.id == identifier), None)


class StatedResult(View):
    """A result as it is written: its value or status, and by their ids its description and the level reached."""

    __slots__ = ()

    value_text = text("value")
    status = text("status")
    achieved_level = text("achievedLevel")
    result_description = text("resultDescription")
    alignments = many("alignment", lambda: Alignment)


@dataclass(frozen=True, slots=True)
class Result:
    """One result, beside the description that it refers to."""

    stated: StatedResult
    description_view: ResultDescription | None

    @property
    def value_object(self) -> JsonObject:
        """The result as it is written."""
        return self.stated.value

    @property
    def described(self) -> JsonObject:
        """The description as it is written; an empty object when the result refers to none."""
        return self.description_view.value if self.description_view else {}

    @property
    def value(self) -> str | None:
        """The result as text: a grade, a score."""
        return self.stated.value_text

    @property
    def status(self) -> str | None:
        """Completed, Enrolled, Failed, …"""
        return self.stated.status

    @property
    def achieved_level(self) -> str | None:
        """The identifier of the rubric level that was reached."""
        return self.stated.achieved_level

    @property
    def level(self) -> RubricCriterionLevel | None:
        """The rubric level that was reached, if the description has it."""
        levels = self.description_view.levels if self.description_view else ()
        return next((item for item in levels if item.id == self.achieved_level), None)

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        """What the result is aligned with."""
        return self.stated.alignments

    @property
    def description(self) -> str | None:
        """What the result measures."""
        return self.description_view.name if self.description_view else None

    @property
    def type(self) -> str | None:
        """The ``resultType``: LetterGrade, Percent, …"""
        return self.description_view.result_type if self.description_view else None
