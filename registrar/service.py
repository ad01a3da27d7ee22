"""What the registrar can do in this version, and what it will: said once, for its page and its API alike."""

from dataclasses import dataclass
from typing import Final

from kit.i18n import Message, _


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """Something that a registrar does, by a stable name; ``available`` says whether this version does it."""

    name: str
    sentence: Message
    available: bool


ABILITIES: Final = (
    Ability(
        name="matchCourses",
        sentence=_("Match the verified credentials of a learner to the courses that the program has approved."),
        available=False,
    ),
    Ability(
        name="decideCredit",
        sentence=_("Decide on credit line by line, with the rule and the reason kept beside each decision."),
        available=False,
    ),
    Ability(
        name="compileTranscript",
        sentence=_("Compile and sign a transcript, every line of which can be checked again."),
        available=False,
    ),
    Ability(
        name="reissueTranscript",
        sentence=_("Correct and issue it anew when a source is corrected or withdrawn."),
        available=False,
    ),
)


def abilities() -> tuple[Ability, ...]:
    """Everything that a registrar does, each marked as available in this version or not."""
    return ABILITIES
