"""The issuer for programs: JSON under ``/api``, and what everybody may fetch without a session.

approvals  what waits for a second person: with a session
bodies     what is read, strictly (unknown members, duplicate members and odd numbers are refused)
shapes     what is answered
closing    an organisation closes, its snapshot, it opens again
desk       organisations, achievements, awards, withdrawals: with a session
deliveries letters, and who was told: with a session
keys       signing keys: with a session
offerings  the rate card, for its organisation and for everybody
received   what others say about it: with a session
endorsements  vouching for others: with a session
classes    marks, enrolments, awards of a class: with a session
identities by which identifiers it signs, and the move to a web address: with a session
imports    rosters on their way in: with a session
marks      marks of a class from a sheet: with a session
oneroster  exports of schools' own systems: with a session
learners   the roster: with a session
handing    certificates, and codes to hand over: with a session
jobs       awarding a sheet: start, watch, pause, undo, hand out
pictures   pictures taken in: with a session
people     another role for somebody: with a session
frameworks standards: taken in, searched, picked from
rooms      awarding in the room: the teacher with a session, phones without
settings   what an organisation wants otherwise than the server: with a session
streams    progress as events, for jobs and withdrawals
withdrawals  many awards withdrawn together: with a session
public     identifier documents, status lists, achievements, the claim exchange: without one
sheets     sheets of awards, with a session
suspensions  pausing an award and lifting the pause: with a session
public_pages  awards that everybody may see: with a session
webhooks   notices to programs: with a session
vc_api     the VC-API: issuing and withdrawing, with a session
proposed   what a program may write into a credential that it wants to have issued

A further part is a module with a function that makes its router, and a line in ``ROUTERS``. No two parts share an
address, so their order means nothing.
"""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter

from issuer.api.approvals import approvals_api
from issuer.api.classes import classes_api
from issuer.api.closing import closing_api
from issuer.api.deliveries import deliveries_api
from issuer.api.desk import desk_api
from issuer.api.endorsements import endorsements_api
from issuer.api.frameworks import framework_api
from issuer.api.handing import handing_api
from issuer.api.identities import identities_api
from issuer.api.imports import imports_api
from issuer.api.jobs import jobs_api
from issuer.api.keys import keys_api
from issuer.api.learners import learners_api
from issuer.api.marks import marks_api
from issuer.api.offerings import offerings_api
from issuer.api.oneroster import oneroster_api
from issuer.api.people import people_api
from issuer.api.pictures import pictures_api
from issuer.api.public import public_api
from issuer.api.public_pages import public_pages_api
from issuer.api.received import received_api
from issuer.api.rooms import rooms_api
from issuer.api.settings import settings_api
from issuer.api.sheets import sheets_api
from issuer.api.suspensions import suspensions_api
from issuer.api.unsigned import unsigned_api
from issuer.api.vc_api import vc_api
from issuer.api.webhooks import webhooks_api
from issuer.api.withdrawals import withdrawals_api

__all__ = ["ROUTERS"]

ROUTERS: Final[tuple[Callable[[], APIRouter], ...]] = (
    approvals_api,
    classes_api,
    closing_api,
    deliveries_api,
    desk_api,
    endorsements_api,
    framework_api,
    handing_api,
    identities_api,
    imports_api,
    jobs_api,
    keys_api,
    learners_api,
    marks_api,
    offerings_api,
    oneroster_api,
    people_api,
    pictures_api,
    public_api,
    public_pages_api,
    received_api,
    rooms_api,
    settings_api,
    sheets_api,
    suspensions_api,
    unsigned_api,
    vc_api,
    webhooks_api,
    withdrawals_api,
)
