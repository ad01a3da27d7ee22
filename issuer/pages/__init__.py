"""The issuer for people: pages whose forms work without JavaScript; each POST ends in a 303.

home          sign-in's arrival, organisations
people        the people of an organisation, their roles, joining
achievements  what an organisation offers
approvals     what waits for a second person
awards        award and correct
begin         somebody's first two minutes
frameworks    standards: taken in, searched, picked from
credentials   find, show, print, withdraw, release
classes       marks of a class, and who teaches it
imports       rosters from sheets
learners      the roster
marks         marks of a class from a sheet
oneroster     the same from the export of a school's own system
deliveries    who was told, letters that came back
handing       codes to print for what was chosen
offerings     the rate card, and sheets for it
endorsements  vouch for others, withdraw
profile       how an organisation introduces itself
picturing     a picture that came with a form
received      what others say about the organisation
records       status lists and audit
moving        an organisation whose name is its key moves to a web address
rooms         awarding in the room, and what a phone sees of it
settings      what the organisation wants otherwise than the server
closing       an organisation closes, or opens again within a day
claims        what a family sees: a claim link, a typed code
catalogue     the rate card for everybody (called by the app, as public is)
family_certificates  the certificate of an award, from its claim link
public        what everybody sees (also called by the app for addresses shared with programs)
reading       forms → drafts
sheets        many awards from one sheet
sheet_preview the same, the third screen: what will be signed, and when
jobs          the same while they are signed, held back and handed out
suspensions   pausing an award, lifting the pause
webhooks      notices to programs
elsewhere     an award for a wallet elsewhere
withdrawals   withdrawing many awards
public_pages  an award that everybody may see
correcting    a sheet's lines as a form
describing    the form of an achievement: its rows, and what they say
actions       words for what the audit records
navigation    the menu of the desk: every page, its order, who sees it
panels        what stands on the desk

A further part is a module with ``add(router, pages)`` and a line in ``PARTS``. No two parts share an address, so their
order means nothing.
"""

from typing import Final

from fastapi import APIRouter

from issuer.pages import (
    achievements,
    approvals,
    awards,
    begin,
    claims,
    classes,
    closing,
    credentials,
    deliveries,
    elsewhere,
    endorsements,
    family_certificates,
    frameworks,
    handing,
    home,
    imports,
    jobs,
    keys,
    learners,
    marks,
    moving,
    offerings,
    oneroster,
    people,
    profile,
    public_pages,
    received,
    records,
    rooms,
    settings,
    sheet_preview,
    sheets,
    suspensions,
    unsigned,
    webhooks,
    withdrawals,
)
from kit.web import Pages

__all__ = ["PARTS", "issuer_pages"]

PARTS: Final = (
    achievements,
    approvals,
    awards,
    begin,
    claims,
    classes,
    closing,
    credentials,
    deliveries,
    elsewhere,
    endorsements,
    family_certificates,
    frameworks,
    handing,
    home,
    imports,
    jobs,
    keys,
    learners,
    marks,
    moving,
    offerings,
    oneroster,
    people,
    profile,
    public_pages,
    received,
    records,
    rooms,
    settings,
    sheet_preview,
    sheets,
    suspensions,
    unsigned,
    webhooks,
    withdrawals,
)


def issuer_pages(pages: Pages) -> APIRouter:
    """Every page of the issuer but the public ones that share their address with a document."""
    router = APIRouter(include_in_schema=False)
    for part in PARTS:
        part.add(router, pages)
    return router
