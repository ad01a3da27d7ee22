"""A plan is written: learners and their places, with the awards that name them, in the transaction of whoever calls."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from issuer.service.learner_keys import LearnerKeys
from issuer.service.roster.learners import context_of
from issuer.service.roster.planning import Place
from issuer.service.roster.values import LearnerValues
from issuer.store import intents, learners, tables
from kit.vault import Vault


class Writing:
    """Writes what somebody said yes to. Whoever calls holds the organisation's row."""

    def __init__(self, session: Session, vault: Vault, organisation_id: str, now: datetime) -> None:
        self._session, self._vault, self._now = session, vault, now
        self._organisation_id = organisation_id
        self._keys = LearnerKeys(vault, organisation_id)

    def write(
        self,
        fresh: Mapping[str, LearnerValues],
        edited: Mapping[str, LearnerValues],
        places: Mapping[tuple[str, str], Place],
    ) -> None:
        """Learners by id, new ones and changed ones, and places by offering and learner.

        Changed ones come first: somebody new may have the number that another one gave up.
        """
        base = {"organisation_id": self._organisation_id, "version": 1, "created": self._now}
        learners.change(self._session, self._organisation_id, [
            {"id": each, **self._columns(each, values)} for each, values in edited.items()
        ])  # fmt: skip
        made = [{"id": each, **base, **self._columns(each, values)} for each, values in fresh.items()]
        intents.add(self._session, tables.LearnerRow, made)
        self._claim({**fresh, **edited})
        learners.enrol(self._session, [self._enrolment(key, place) for key, place in places.items()])

    def _columns(self, learner_id: str, values: LearnerValues) -> dict[str, Any]:
        sealed = self._vault.seal(values.private().encode(), context=context_of(learner_id))
        return {**values.columns(self._keys), "private_sealed": sealed, "updated": self._now}

    def _claim(self, changed: Mapping[str, LearnerValues]) -> None:
        """Let the awards that name these learners be theirs, where a number or an address is one learner's alone."""
        own = {
            key
            for values in changed.values()
            for key in (self._keys.number(values.number), self._keys.mail(values.mail))
            if key
        }
        owners = learners.of_identifiers(self._session, self._organisation_id, sorted(own))
        learners.claim_awards(self._session, self._organisation_id, {key: owners[key] for key in owners if key in own})

    def _enrolment(self, key: tuple[str, str], place: Place) -> dict[str, Any]:
        return {
            "organisation_id": self._organisation_id,
            "offering_id": key[0],
            "learner_id": key[1],
            "status": place.status,
            "enrolled_on": date.fromisoformat(place.enrolled_on) if place.enrolled_on else None,
            "version": 1,
            "updated": self._now,
        }
