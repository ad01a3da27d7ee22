"""A learner as somebody types it, and as it is kept: names in the clear, everything else sealed."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

from issuer.service import inputs
from issuer.service.learner_keys import LearnerKeys, folded_name, name_words
from issuer.store import tables
from kit.errors import BadInput
from kit.i18n import _

ACTIVE, LEFT, ERASED = "active", "left", "erased"
STATES: Final = (ACTIVE, LEFT)
EARLIEST_BIRTH: Final = 1900
_MADE: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_MADE_LENGTH: Final = 7
_PLACED_LENGTH: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerDraft:
    """A learner as typed or sent. ``version`` guards an edit."""

    given_name: str = ""
    family_name: str = ""
    number: str = ""
    birth_date: str = ""
    mail: str = ""
    guardian_name: str = ""
    guardian_mail: str = ""
    note: str = ""
    state: str = ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerValues:
    """A learner that was read and found good. ``made`` says that the roster number is ours, for want of another."""

    given_name: str
    family_name: str
    number: str
    made: bool
    birth_date: date | None
    mail: str
    guardian_name: str
    guardian_mail: str
    note: str
    state: str = ACTIVE

    @property
    def name(self) -> str:
        """The whole name."""
        return whole_name(self.given_name, self.family_name)

    def private(self) -> str:
        """Everything but the names, as text to be sealed."""
        kept = {name: getattr(self, name) for name in _PRIVATE}
        return json.dumps(kept | {"birth_date": _text(self.birth_date)}, ensure_ascii=False)

    def columns(self, keys: LearnerKeys) -> dict[str, Any]:
        """The columns of a row that are not sealed."""
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "folded": folded_name(f"{self.family_name} {self.given_name}"),
            "name_words": name_words(self.name),
            "number_key": keys.number(self.number),
            "mail_key": keys.mail(self.mail),
            "person_key": keys.person(self.name, self.birth_date),
            "state": self.state,
        }

    @classmethod
    def of(cls, row: tables.LearnerRow, private: str) -> "LearnerValues":
        """What a row holds, with its unsealed part."""
        kept: Mapping[str, Any] = json.loads(private)
        born = kept["birth_date"]
        return cls(
            given_name=row.given_name,
            family_name=row.family_name,
            state=row.state,
            **{**kept, "birth_date": date.fromisoformat(born) if born else None},
        )


_PRIVATE: Final = ("number", "made", "birth_date", "mail", "guardian_name", "guardian_mail", "note")


def read_learner(
    draft: LearnerDraft, *, before: LearnerValues | None, now: datetime
) -> tuple[LearnerValues, list[BadInput]]:
    """Read a learner: the values as far as they can be used, and everything that is wrong, each naming its field.

    Without a roster number of its own the learner keeps the one of ``before``, or gets one.
    """
    problems: list[BadInput] = []

    def line(field: str, longest: int) -> str:
        try:
            return inputs.line(getattr(draft, field), field, required=False, longest=longest)
        except BadInput as error:
            problems.append(error)
            return ""

    given, family = line("given_name", 200), line("family_name", 200)
    if not given and not family and not problems:
        problems.append(
            BadInput(_("A learner needs a name."), field="given_name", remedy=_("Fill in the first name, at least."))
        )
    number = line("number", 80)
    made = False
    if not number and before is not None:
        number, made = before.number, before.made
    elif not number:
        number, made = made_number(), True
    elif before is not None and number == before.number:
        made = before.made
    found: dict[str, str] = {}
    for field in ("mail", "guardian_mail"):
        try:
            found[field] = inputs.email(getattr(draft, field), field, required=False).lower()
        except BadInput as error:
            problems.append(error)
    born = None
    try:
        born = _birth(draft.birth_date, now)
    except BadInput as error:
        problems.append(error)
    note = ""
    try:
        note = inputs.paragraph(draft.note, "note", required=False, longest=2000)
        if draft.state not in STATES:
            inputs.choice(draft.state, "state", allowed=STATES)
    except BadInput as error:
        problems.append(error)
    values = LearnerValues(
        given_name=given,
        family_name=family,
        number=number,
        made=made,
        birth_date=born,
        mail=found.get("mail", ""),
        guardian_name=line("guardian_name", 200),
        guardian_mail=found.get("guardian_mail", ""),
        note=note,
        state=draft.state if draft.state in STATES else ACTIVE,
    )
    return values, problems


def merged(before: LearnerValues, row: LearnerValues) -> LearnerValues:
    """What is known with what a row of a sheet says laid over it: what the row leaves open stays."""
    said = {
        each.name: getattr(row, each.name)
        for each in fields(LearnerValues)
        if each.name not in {"number", "made", "state"} and getattr(row, each.name)
    }
    same = sorted(before.name.split()) == sorted(row.name.split())
    named = before if same else row  # the very same words, parted otherwise, are no news
    said |= {"given_name": named.given_name, "family_name": named.family_name}
    if row.number and not row.made:
        said |= {"number": row.number, "made": False}
    return replace(before, **said)


def made_number() -> str:
    """A roster number for a learner who has none: random, short enough to be typed."""
    return "R-" + "".join(secrets.choice(_MADE) for _place in range(_MADE_LENGTH))


def number_of(place: str) -> str:
    """A roster number for whoever stands at this place and has none: always the same, and nobody else's. It is longer
    than those that are made for the roster, and nobody types it.
    """
    drawn = int.from_bytes(hashlib.sha256(place.encode()).digest())
    return "R-" + "".join(_MADE[drawn // len(_MADE) ** at % len(_MADE)] for at in range(_PLACED_LENGTH))


def whole_name(given: str, family: str) -> str:
    """First and last name as one."""
    return f"{given} {family}".strip()


def split_name(name: str) -> tuple[str, str]:
    """First and last name of a whole one, as far as that can be told: the last word, or what stands before a comma."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma:
        return given, family
    given, _blank, family = name.rpartition(" ")
    return (given, family) if given else (name, "")


def _birth(text: str, now: datetime) -> date | None:
    found = inputs.day(text, "birth_date")
    if found is None:
        return None
    if found.year < EARLIEST_BIRTH:
        raise BadInput(_("This date is too long ago."), field="birth_date", remedy=_("Check the year."))
    if found > now.date():
        raise inputs.in_the_future("birth_date")
    return found


def _text(value: date | None) -> str:
    return value.isoformat() if value else ""
