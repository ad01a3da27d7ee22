"""The wallet's decisions, without a word of HTTP.

core         tools, the member who asks, the open household
authority    who may do what for whom, today (pure)
people       families and guardianships
guarding     nobody is taken over or left behind
joining      accounts that join a family
exchange     what an offer may say (pure)
claims       from a link to an award that is kept
judging      the wallet's own rule for what it keeps
cards        what a document looks like to a person (pure)
credentials  what is kept
shares       what is shared, and who decides
share_views  what pages and programs see of it
reading      the reader's side of a share
presenting   a presentation for a question that a program brings
disclosing   selections from what was issued for it
erasure      the bin, and deleting for good
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.service.claims import Claims
from wallet.service.core import Actor, Tools
from wallet.service.credentials import Credentials
from wallet.service.disclosing import Disclosing
from wallet.service.erasure import Erasure
from wallet.service.invitations import Invitations
from wallet.service.joining import Joining
from wallet.service.judging import Judging
from wallet.service.people import People
from wallet.service.presenting import Presenting
from wallet.service.reading import Reading
from wallet.service.shares import Shares

__all__ = ["Actor", "Services", "Tools", "build_services"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that pages and API may call."""

    people: People
    invitations: Invitations
    joining: Joining
    credentials: Credentials
    claims: Claims
    shares: Shares
    reading: Reading
    presenting: Presenting
    disclosing: Disclosing
    erasure: Erasure
    tools: Tools


def build_services(tools: Tools) -> Services:
    """The services on these tools."""
    people = People(tools)
    invitations = Invitations(tools, people)
    judging = Judging(tools)
    credentials = Credentials(tools, people, judging)
    shares, reading = Shares(tools, people, credentials), Reading(tools, credentials)
    return Services(
        people=people,
        invitations=invitations,
        joining=Joining(tools, people, invitations),
        credentials=credentials,
        claims=Claims(tools, people, credentials, judging),
        shares=shares,
        reading=reading,
        presenting=Presenting(tools, shares, reading),
        disclosing=Disclosing(judging),
        erasure=Erasure(tools, people),
        tools=tools,
    )
