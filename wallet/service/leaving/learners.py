"""Whose awards an archive brings: learners who are here already are found again, others are made.

Rules. A learner of this family is the one in the archive when a key in it proves a DID that is theirs, or when they
were brought from there before. Whoever brings something for them has to be allowed to manage and to receive for them.
A minor who is not here becomes a learner in the care of whoever brings the archive; somebody of age only when they
bring it themself: everybody else of age is left out, and brings an archive of their own. Nothing that is here is
changed: names, birth dates and keys stay as they are, what the archive brings is put beside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from kit.errors import BadInput, Refused
from kit.i18n import _
from vc.problems import ProblemError
from wallet import store
from wallet.keystore import NewLearnerKey
from wallet.service.authority import Right
from wallet.service.core import Household, OpenLearner, new_id
from wallet.service.leaving.contents import Key, Learner
from wallet.service.people import People

SELF = "self"


def arrive(home: Household, people: People, learner: Learner, *, mine: bool) -> OpenLearner | None:
    """The learner here, found or made, with the keys that the archive brings; None for one who is left out.

    `mine`: whoever brings the archive says that they saved it. Raises: Refused without the say over a learner who is
    here; BadInput for a key that does not prove its DID, or a name that is none.
    """
    keys = [(_proved(home, key), key) for key in learner.keys]
    found = _found(home, learner, {proved.did for proved, _key in keys})
    if found is None:
        found = _made(home, people, learner, mine=mine)
    if found is None:
        return None
    if not {Right.MANAGE, Right.RECEIVE} <= found.rights:
        raise Refused(
            _("The archive holds awards of a learner for whom you may not decide. Ask a guardian who may."),
            field="file",
        )
    for proved, key in keys:
        _keep_key(home, found, proved, key.issuer)
    _remember(home, found, learner)
    return found


def _proved(home: Household, key: Key) -> NewLearnerKey:
    try:
        return home.tools.keystore.brought(key.portable, key.issuer)
    except (ProblemError, ValueError):
        raise BadInput(
            _("One of the keys in this archive is not the one that it says. Nothing of it was kept."),
            field="file",
            remedy=_("Use the file as the wallet saved it, or save it there once more."),
        ) from None


def _found(home: Household, learner: Learner, dids: set[str]) -> OpenLearner | None:
    here = [home.open_learner(row) for row in store.people.learners(home.session, home.actor.family_id)]
    for opened in here:
        if dids & set(_dids(home, opened)):
            return opened
    for opened in here:
        brought = store.restoring.brought_as(home.session, opened.id, _mark(opened, learner.id))
        if brought is not None or opened.id == learner.id:
            return opened
    return None


def _dids(home: Household, opened: OpenLearner) -> Iterator[str]:
    for row in store.credentials.learner_keys(home.session, home.actor.family_id, opened.id):
        yield opened.open(row)["did"]


def _made(home: Household, people: People, learner: Learner, *, mine: bool) -> OpenLearner | None:
    myself = mine and learner.saved_it
    for row in store.people.learners(home.session, home.actor.family_id):
        if myself and row.member_id == home.actor.member_id:
            return home.open_learner(row)
    try:
        learner_id = people.add_to(home, name=learner.name, birth_date=learner.birth_date, myself=myself)
    except BadInput as error:
        if error.field == "birth_date":
            return None
        raise BadInput(error.detail, field="file", remedy=error.remedy) from None
    return home.learner(learner_id)


def _keep_key(home: Household, opened: OpenLearner, proved: NewLearnerKey, issuer: str) -> None:
    if proved.did in set(_dids(home, opened)):
        return
    index = opened.chest.index("issuer", SELF)
    taken = store.credentials.learner_key(home.session, home.actor.family_id, opened.id, index) is not None
    if issuer != SELF or taken:
        # Which server it was made for is not known here: it goes on being the key of what is bound to it.
        index = opened.chest.index("brought", proved.did)
    row = store.LearnerKey(
        id=new_id(),
        family_id=home.actor.family_id,
        learner_id=opened.id,
        issuer_index=index,
        created_at=home.now,
        version=0,
    )
    opened.seal(row, proved.secret)
    home.session.add(row)
    home.session.flush()


def _remember(home: Household, opened: OpenLearner, learner: Learner) -> None:
    mark = _mark(opened, learner.id)
    row = store.restoring.brought_as(home.session, opened.id, mark)
    if row is None:
        row = store.Brought(
            id=new_id(), family_id=home.actor.family_id, learner_id=opened.id, archive_index=mark, version=0
        )
    elif opened.open(row) == learner.history:
        return
    row.brought_at = home.now
    opened.seal(row, json.loads(json.dumps(learner.history)))
    home.session.add(row)
    home.session.flush()


def _mark(opened: OpenLearner, archived_id: str) -> bytes:
    return opened.chest.index("archive learner", archived_id)
