"""The wallet's decisions, without a word of HTTP.

core         tools, the member who asks, the open household
authority    who may do what for whom, today (pure)
people       families and guardianships
family_views what pages and programs see of them
court_orders what an operator does when a court says so
handover     coming of age, step by step
journal      what must outlive the database
guarding     nobody is taken over or left behind
joining      accounts that join a family
exchange     what an offer may say (pure)
claims       from a link to an award that is kept
judging      the wallet's own rule for what it keeps
cards        what a document looks like to a person (pure); card_lines: what it lists
legible      signed texts as they can be shown (pure)
arranging    tags and collections
stating      what a learner says of themself
works        what a learner made, kept beside the awards
portfolio    awards and works together; papers: a record or a portfolio as a PDF
finding      awards by time, subject, provider, skill and words (pure)
advice       what to know and do about an award now (pure)
importing    what a family brings by itself; import_looking: one thing of it
import_showing, import_views  how that is seen
credentials  what is kept; credential_views: how it is seen; personal: what it says beyond the award (pure)
archive      all of it in one file, in clear
leaving      the archive that a family takes along, sealed
shares       what is shared, and who decides
share_terms  days, counts and passcodes of a share (pure)
share_showing, share_views  what pages and programs see of it
allowing     what a minor may share without asking
admitting    whether a link opens for a reader
reading      the reader's side of a share
copying      what a phone keeps for times without a connection
asks         what stands behind a share; questions: what a verifier asks (pure)
answering    from a verifier's request to its answer
confirming   what a provider answers who is asked to confirm
presenting   a presentation for a question that a program brings
disclosing   selections from what was issued for it
hosting      awards that programs put here, whom somebody gave leave to
rewrapping   another key-encryption key
recovery     recovery codes as a second way to a family's keys; recovering keeps it in step
erasure      the bin, and deleting for good
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.service.allowing import Allowing
from wallet.service.answering import Answering
from wallet.service.archive import Archive
from wallet.service.arranging import Arranging
from wallet.service.claims import Claims
from wallet.service.confirming import Confirming
from wallet.service.copying import Copying
from wallet.service.core import Actor, Tools
from wallet.service.court_orders import CourtOrders
from wallet.service.credentials import Credentials
from wallet.service.disclosing import Disclosing
from wallet.service.erasure import Erasure
from wallet.service.handover import Handover
from wallet.service.hosting.services import Hosting, build_hosting
from wallet.service.import_showing import ImportShowing
from wallet.service.importing import Imports
from wallet.service.invitations import Invitations
from wallet.service.joining import Joining
from wallet.service.judging import Judging
from wallet.service.leaving.awards import AwardsArriving
from wallet.service.leaving.packing import Packing
from wallet.service.leaving.restoring import Restoring
from wallet.service.people import People
from wallet.service.portfolio import Portfolios
from wallet.service.presenting import Presenting
from wallet.service.reading import Reading
from wallet.service.recovery import Recovery
from wallet.service.rewrapping import Rewrapping
from wallet.service.shares import Shares
from wallet.service.stating import Stating
from wallet.service.works import Works

__all__ = ["Actor", "Services", "Tools", "build_services"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that pages and API may call."""

    people: People
    invitations: Invitations
    joining: Joining
    credentials: Credentials
    imports: Imports
    import_showing: ImportShowing
    archive: Archive
    packing: Packing
    restoring: Restoring
    arranging: Arranging
    works: Works
    portfolios: Portfolios
    stating: Stating
    claims: Claims
    shares: Shares
    allowing: Allowing
    reading: Reading
    copying: Copying
    presenting: Presenting
    answering: Answering
    confirming: Confirming
    disclosing: Disclosing
    erasure: Erasure
    court_orders: CourtOrders
    handover: Handover
    hosting: Hosting
    rewrapping: Rewrapping
    recovery: Recovery
    tools: Tools


def build_services(tools: Tools) -> Services:
    """The services on these tools."""
    people = People(tools)
    invitations = Invitations(tools, people)
    judging = Judging(tools)
    credentials = Credentials(tools, people, judging)
    erasure = Erasure(tools, people)
    works, arranging = Works(tools, people), Arranging(tools, people, credentials)
    shares, reading = Shares(tools, people, credentials), Reading(tools, credentials)
    answering = Answering(tools, people, credentials, shares, reading)
    recovery = Recovery(tools, people)
    tools.accounts.codes_made = recovery.codes_made
    return Services(
        people=people,
        invitations=invitations,
        joining=Joining(tools, people, invitations),
        credentials=credentials,
        imports=Imports(tools, people, credentials, judging),
        import_showing=ImportShowing(tools, people),
        archive=Archive(tools, people, credentials),
        packing=Packing(tools, people),
        restoring=Restoring(tools, people, AwardsArriving(tools, people, credentials, judging), arranging, works),
        arranging=arranging,
        works=works,
        portfolios=Portfolios(tools, people, credentials, works, arranging),
        stating=Stating(tools, people, credentials, judging),
        claims=Claims(tools, people, credentials, judging),
        shares=shares,
        allowing=Allowing(tools, people),
        reading=reading,
        copying=Copying(tools, people, credentials, shares),
        presenting=Presenting(tools, shares, reading, answering),
        answering=answering,
        confirming=Confirming(tools),
        disclosing=Disclosing(judging),
        court_orders=CourtOrders(tools),
        handover=Handover(tools, people),
        erasure=erasure,
        hosting=build_hosting(tools, people, credentials, judging, erasure),
        rewrapping=Rewrapping(tools),
        recovery=recovery,
        tools=tools,
    )
