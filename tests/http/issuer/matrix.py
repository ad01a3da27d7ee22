"""Every route of the issuer, what it asks for, and an example of a request that succeeds.

A new route is one line in ``ROUTES``; a new role is one entry in ``RIGHTS`` (and one in ``PEOPLE``); a new kind of thing
with an id is one line in ``matrix_world.MAKERS``. ``test_matrix.py`` fails for a route without a line.

A line: method, path, what it needs, then ``body`` (a function of the ids; sent as JSON under ``/api`` and to the
VC-API, as a form elsewhere) and ``good`` (the statuses of somebody who may; usual ones are filled in). Placeholders
of a path are looked up in ``PLACES``, or in the line's own ``places``. ``spends``: the account of whoever asks is another
one afterwards, so a new one is used.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.attacks import nested
from tests.attacks.world import sign
from tests.http.issuer.conftest import CASE, COURSE, PASSWORD
from tests.http.issuer.test_vc_api import unsigned

# What a route can ask for. Outside an organisation: nothing, a session, the server's administrator.
NOBODY, SIGNED_IN, ADMINISTRATOR = "nobody", "signed in", "administrator"
# Inside: a right of the person's role there.
SEE, DESCRIBE, AWARD, WITHDRAW = "see", "describe", "award", "withdraw"
INVITE, SETTINGS, KEYS = "people", "settings", "keys"

RIGHTS: Mapping[str, frozenset[str]] = {
    "issuer": frozenset({SEE, DESCRIBE, AWARD, WITHDRAW}),
    "instructor": frozenset({SEE}),
    "viewer": frozenset({SEE}),
    "owner": frozenset({SEE, DESCRIBE, AWARD, WITHDRAW, INVITE, SETTINGS, KEYS}),
}


@dataclass(frozen=True)
class Person:
    """Somebody who asks. `works_at` is a tenant of the world and `role` the role there; `scope` is the account's."""

    name: str
    scope: str = "staff"
    works_at: str | None = None
    role: str | None = None
    signed_in: bool = True


HERE, ELSEWHERE = "maple-co-op", "alvarez"
PEOPLE = (
    Person("stranger", signed_in=False),
    Person("somebody without an organisation"),
    Person("the server's administrator", scope="administrator"),
    Person("owner of another organisation", works_at=ELSEWHERE, role="owner"),
    *(Person(f"{role} here", works_at=HERE, role=role) for role in RIGHTS),
)

PLACES: Mapping[str, str] = {
    "slug": "slug",
    "achievement_id": "achievement",
    "credential_id": "credential",
    "offering_id": "offering",
    "account": "member",
    "invitation_id": "invitation",
    "number": "list_number",
    "endorsement_id": "endorsement",
    "received_id": "received",
    "sheet_id": "sheet",
    "job_id": "job",
    "passkey_id": "passkey",
    "framework_id": "framework",
}

A_KEY = {"name": "key_name"}

Body = Callable[[Mapping[str, str]], Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """One method at one path."""

    method: str
    path: str
    needs: str
    body: Body | None = None
    good: tuple[int, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    json: bool = False
    spends: bool = False

    @property
    def inside(self) -> bool:
        """Whether it is an organisation's own affair."""
        return self.needs not in {NOBODY, SIGNED_IN, ADMINISTRATOR}

    @property
    def for_programs(self) -> bool:
        """Whether it is sent and answered JSON."""
        return self.json or self.path.startswith(("/api/", "/credentials/"))

    def kinds(self) -> Mapping[str, str]:
        """The placeholders of the path, and the kind of thing that each stands for."""
        places = re.findall(r"\{(\w+)", self.path)
        return {place: self.places.get(place, PLACES.get(place, place)) for place in places}

    def address(self, ids: Mapping[str, str]) -> str:
        """The path with these ids in it."""
        path = self.path.replace(":path}", "}")
        for place, kind in self.kinds().items():
            path = path.replace(f"{{{place}}}", ids[kind])
        return path

    def succeeds(self) -> tuple[int, ...]:
        """The statuses of an answer to somebody who may."""
        if self.good:
            return self.good
        if self.method == "POST":
            return (201,) if self.for_programs else (303,)
        return (204,) if self.method == "DELETE" else (200,)


def endorsed(ids: Mapping[str, str]) -> Mapping[str, Any]:
    kept = {"targetKind": "organisation", "targetName": "Rosa's Workshop", "comment": "We know her work."}
    return {**kept, "targetId": "did:web:rosa.example"}


def praise(endorsed: str, **changes: Any) -> dict[str, Any]:
    """What a guild whose key is its name says about an organisation or what it offers, signed."""
    whole = nested.endorsement(of=endorsed, validFrom="2026-01-02T00:00:00Z", **changes)
    unsigned_ = {name: value for name, value in whole.items() if name != "proof"}
    signed: dict[str, Any] = sign(unsigned_, signer=nested.ENDORSER_SIGNER, created=datetime(2026, 1, 3, tzinfo=UTC))
    return signed


def endorsed_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**endorsed(ids), "key": ids["key"]}


def nothing(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {}


def course(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return COURSE


def course_form(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"name": "Algebra I", "description": "Equations.", "criteriaNarrative": "Pass.", "achievementType": "Course"}


def award(ids: Mapping[str, str]) -> Mapping[str, Any]:
    results = [{"value": "A-", "description": ids["result_description"]}]
    return {
        "achievement": ids["achievement"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1",
        "results": results,
    }


def award_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "achievement": ids["achievement"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1017",
        "results/0/value": "A-",
        "key": ids["key"],
    }


def sheet(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"achievement": ids["achievement"], "text": "Name,Roster number,Final grade\nJonah Hadley,R-1,A-"}


def sheet_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**sheet(ids), "key": ids["key"]}


def correction(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**award(ids), "identifier": "R-1017", "results": [{"value": "B", "description": ids["result_description"]}]}


def correction_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**award_form(ids), "results/0/value": "B"}


def proposal(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"credential": {**unsigned({"iri": ids["achievement_iri"]}), "issuer": ids["did"]}, "options": {}}


def status(ids: Mapping[str, str]) -> Mapping[str, Any]:
    entry = {"type": "BitstringStatusListEntry"}
    return {"credentialId": ids["credential_urn"], "credentialStatus": entry, "status": True}


RATE_CARD = "offering_code,title,price\nBRIDGE,Bridge builders,165\n"


def offering(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"title": "Bridge builders", "price": 165, "achievement": ids["achievement"]}


def offering_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"title": "Bridge builders", "price": "165", "achievement": ids["achievement"]}


def picked(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"framework": ids["framework"], "items": [0]}


def picked_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"item": f"{ids['framework']}/0"}


def case_package(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**CASE, "CFDocument": {**CASE["CFDocument"], "identifier": ids["key"]}}


def always(**members: Any) -> Body:
    return lambda _ids: members


def account_of(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"login": ids["login"], "password": PASSWORD, "name": "Ash"}


PASSKEY, PASSKEYS = "/account/passkeys/{passkey_id}", "/api/passkeys"
NO_DEVICE = {"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30"}}
PAGE, API, PUBLIC = "/organisations/{slug}", "/api/organisations/{slug}", "/orgs/{slug}"
SHEET = f"{PAGE}/sheets/{{sheet_id}}"
ONE, ONE_API = f"{PAGE}/credentials/{{credential_id}}", f"{API}/credentials/{{credential_id}}"
ROUTES = (
    # the server
    Route("GET", "/api/openapi.json", NOBODY),
    Route("GET", "/static/{name:path}", NOBODY),
    Route("GET", "/healthz", NOBODY),
    Route("GET", "/readyz", NOBODY),
    Route("GET", "/metrics", NOBODY),
    Route("GET", "/", NOBODY, good=(200, 303)),
    # oneself
    Route("GET", "/sign-in", NOBODY),
    Route("POST", "/sign-in", NOBODY, lambda ids: {"login": ids["signed_up"], "password": PASSWORD}),
    Route("POST", "/sign-out", NOBODY, nothing, good=(303,)),
    Route("GET", "/recover", NOBODY),
    Route(
        "POST",
        "/recover",
        NOBODY,
        lambda ids: {"login": ids["signed_up"], "code": ids["reset_code"], "new_password": "other words in a row"},
    ),
    Route("GET", "/account", SIGNED_IN),
    Route(
        "POST",
        "/account/password",
        SIGNED_IN,
        always(old_password=PASSWORD, new_password="other words in a row"),
        spends=True,
    ),
    Route("POST", "/account/codes", SIGNED_IN, always(present_password=PASSWORD), good=(200,)),
    Route("POST", "/account/sign-out-everywhere", SIGNED_IN, nothing, good=(303,)),
    Route("GET", "/invitations/{token}", NOBODY, places={"token": "account_token"}),
    Route("POST", "/invitations/{token}", NOBODY, account_of, places={"token": "account_token"}),
    Route("POST", "/api/session", NOBODY, lambda ids: {"login": ids["signed_up"], "password": PASSWORD}),
    Route("DELETE", "/api/session", NOBODY),
    # passkeys: those of others are not there, and no device answers here (tests/unit/kit/test_passkey_pages.py has one)
    Route("GET", PASSKEY, SIGNED_IN, good=(404,)),
    Route("POST", PASSKEY, SIGNED_IN, always(passkey_name="mine"), good=(404,)),
    Route("POST", f"{PASSKEY}/remove", SIGNED_IN, always(present_password=PASSWORD), good=(404,)),
    Route("GET", PASSKEYS, SIGNED_IN),
    Route("POST", PASSKEYS, SIGNED_IN, always(name="mine", credential=NO_DEVICE), good=(422,)),
    Route("POST", f"{PASSKEYS}/options", SIGNED_IN, always(password=PASSWORD), good=(200,)),
    Route("PUT", f"{PASSKEYS}/{{passkey_id}}", SIGNED_IN, always(name="mine"), good=(404,)),
    Route("POST", f"{PASSKEYS}/{{passkey_id}}/removal", SIGNED_IN, always(password=PASSWORD), good=(404,)),
    Route("POST", f"{PASSKEYS}/sign-in/options", NOBODY, nothing, good=(200,)),
    Route("POST", f"{PASSKEYS}/sign-in", NOBODY, always(**NO_DEVICE), good=(401,)),
    Route("POST", f"{PASSKEYS}/enrolment", NOBODY, always(name="mine", credential=NO_DEVICE), good=(422,)),
    # who may sign in
    Route("GET", "/accounts", ADMINISTRATOR),
    Route("POST", "/accounts", ADMINISTRATOR, always(scope="staff"), good=(200,)),
    Route(
        "GET",
        "/accounts/invitations/{invitation_id}/withdraw",
        ADMINISTRATOR,
        places={"invitation_id": "account_invitation"},
    ),
    Route(
        "POST",
        "/accounts/invitations/{invitation_id}/withdraw",
        ADMINISTRATOR,
        places={"invitation_id": "account_invitation"},
    ),
    Route("GET", "/accounts/{account_id}/disable", ADMINISTRATOR, places={"account_id": "account"}),
    Route("POST", "/accounts/{account_id}/disable", ADMINISTRATOR, places={"account_id": "account"}),
    Route("POST", "/accounts/{account_id}/allow", ADMINISTRATOR, places={"account_id": "account"}),
    Route("GET", "/api/accounts", ADMINISTRATOR),
    Route("POST", "/api/accounts/invitations", ADMINISTRATOR, always(scope="staff")),
    Route(
        "DELETE",
        "/api/accounts/invitations/{invitation_id}",
        ADMINISTRATOR,
        places={"invitation_id": "account_invitation"},
    ),
    Route(
        "PUT",
        "/api/accounts/{account_id}/access",
        ADMINISTRATOR,
        always(allowed=False),
        good=(204,),
        places={"account_id": "account"},
    ),
    # opening an organisation
    Route("GET", "/organisations", SIGNED_IN),
    Route("GET", "/organisations/new", SIGNED_IN),
    Route("POST", "/organisations/new", ADMINISTRATOR, lambda ids: {"name": "New", "slug": ids["new_slug"]}),
    Route("GET", "/api/organisations", SIGNED_IN),
    Route("POST", "/api/organisations", ADMINISTRATOR, lambda ids: {"name": "New", "slug": ids["new_slug"]}),
    Route("GET", "/begin", NOBODY, good=(200, 303)),
    Route("POST", "/begin", NOBODY, always(name="Ash"), good=(303, 403)),  # this server is closed to strangers
    Route("GET", f"{PAGE}/begun/{{credential_id}}", AWARD),
    # the organisation and its people
    Route("GET", PAGE, SEE),
    Route("GET", API, SEE),
    Route("GET", f"{PAGE}/profile", SETTINGS),
    Route("POST", f"{PAGE}/profile", SETTINGS, always(name="Maple Co-op", kind="coop")),
    Route("PUT", API, SETTINGS, always(name="Maple Co-op")),
    Route("GET", f"{PAGE}/people", SEE),
    Route("POST", f"{PAGE}/people", INVITE, always(role="issuer", label="Ash"), good=(200,)),
    Route("GET", f"{PAGE}/people/{{account}}", SEE),
    Route("POST", f"{PAGE}/people/{{account}}/role", INVITE, always(role="viewer")),
    Route("PUT", f"{API}/members/{{account}}", INVITE, always(role="viewer")),
    Route("GET", f"{PAGE}/people/{{account}}/remove", INVITE),
    Route("POST", f"{PAGE}/people/{{account}}/remove", INVITE),
    Route("GET", f"{PAGE}/people/invitations/{{invitation_id}}/withdraw", INVITE),
    Route("POST", f"{PAGE}/people/invitations/{{invitation_id}}/withdraw", INVITE),
    Route("GET", f"{API}/members", SEE),
    Route("DELETE", f"{API}/members/{{account}}", INVITE),
    Route("GET", f"{API}/invitations", SEE),
    Route("POST", f"{API}/invitations", INVITE, always(role="issuer", label="Ash")),
    Route("DELETE", f"{API}/invitations/{{invitation_id}}", INVITE),
    Route("GET", "/join/{token}", NOBODY, places={"token": "joining"}),
    Route("POST", "/join/{token}", NOBODY, account_of, places={"token": "joining"}, spends=True),
    # what can be earned
    Route("GET", f"{PAGE}/achievements", SEE),
    Route("GET", f"{PAGE}/achievements/new", DESCRIBE),
    Route("POST", f"{PAGE}/achievements/new", DESCRIBE, course_form),
    Route("GET", f"{PAGE}/achievements/{{achievement_id}}", SEE),
    Route("GET", f"{PAGE}/achievements/{{achievement_id}}/edit", DESCRIBE),
    Route("POST", f"{PAGE}/achievements/{{achievement_id}}/edit", DESCRIBE, course_form),
    Route("POST", f"{PAGE}/achievements/{{achievement_id}}/retirement", DESCRIBE, always(retired="1")),
    Route("GET", f"{API}/achievements", SEE),
    Route("POST", f"{API}/achievements", DESCRIBE, course),
    Route("GET", f"{API}/achievements/{{achievement_id}}", SEE),
    Route("PUT", f"{API}/achievements/{{achievement_id}}", DESCRIBE, course),
    Route("PUT", f"{API}/achievements/{{achievement_id}}/retirement", DESCRIBE, always(retired=True)),
    # the rate card
    Route("GET", f"{PAGE}/offerings", SEE),
    Route("GET", f"{PAGE}/offerings/new", DESCRIBE),
    Route("POST", f"{PAGE}/offerings/new", DESCRIBE, offering_form),
    Route("GET", f"{PAGE}/offerings/export.csv", DESCRIBE),
    Route("GET", f"{PAGE}/offerings/import", DESCRIBE),
    Route("POST", f"{PAGE}/offerings/import", DESCRIBE, always(sheet=RATE_CARD), good=(200,)),
    Route("GET", f"{PAGE}/offerings/{{offering_id}}", SEE),
    Route("GET", f"{PAGE}/offerings/{{offering_id}}/edit", DESCRIBE),
    Route("POST", f"{PAGE}/offerings/{{offering_id}}/edit", DESCRIBE, offering_form),
    Route("POST", f"{PAGE}/offerings/{{offering_id}}/state", DESCRIBE, always(state="closed")),
    Route("GET", f"{API}/offerings", SEE),
    Route("POST", f"{API}/offerings", DESCRIBE, offering),
    Route("GET", f"{API}/offerings/export.csv", DESCRIBE),
    Route("POST", f"{API}/offerings/import", DESCRIBE, always(sheet=RATE_CARD), good=(200,)),
    Route("GET", f"{API}/offerings/{{offering_id}}", SEE),
    Route("PUT", f"{API}/offerings/{{offering_id}}", DESCRIBE, offering),
    Route("PUT", f"{API}/offerings/{{offering_id}}/state", DESCRIBE, always(state="closed")),
    Route("GET", f"{PAGE}/achievements/{{achievement_id}}/alignments", DESCRIBE),
    Route("POST", f"{PAGE}/achievements/{{achievement_id}}/alignments", DESCRIBE, picked_form),
    Route("POST", f"{API}/achievements/{{achievement_id}}/alignments", DESCRIBE, picked, good=(200,)),
    # frameworks of standards
    Route("GET", f"{PAGE}/frameworks", DESCRIBE),
    Route("POST", f"{PAGE}/frameworks", DESCRIBE, always(shipped="prairie-bridge")),
    Route("GET", f"{PAGE}/frameworks/{{framework_id}}", DESCRIBE),
    Route("GET", f"{PAGE}/frameworks/{{framework_id}}/remove", DESCRIBE),
    Route("POST", f"{PAGE}/frameworks/{{framework_id}}/remove", DESCRIBE),
    Route("GET", f"{API}/frameworks", DESCRIBE),
    Route("POST", f"{API}/frameworks", DESCRIBE, case_package),
    Route("POST", f"{API}/frameworks/shipped", DESCRIBE, always(name="prairie-bridge")),
    Route("GET", f"{API}/frameworks/{{framework_id}}", DESCRIBE),
    Route("DELETE", f"{API}/frameworks/{{framework_id}}", DESCRIBE),
    Route("GET", f"{API}/frameworks/{{framework_id}}/items", DESCRIBE),
    # awarding
    Route("GET", f"{PAGE}/award", AWARD, good=(200, 303)),
    Route("GET", f"{PAGE}/award/{{achievement_id}}", AWARD),
    Route("POST", f"{PAGE}/award/{{achievement_id}}", AWARD, award_form),
    Route("GET", f"{ONE}/correct", AWARD),
    Route("POST", f"{ONE}/correct", AWARD, correction_form),
    Route("POST", f"{API}/awards", AWARD, award),
    Route("POST", f"{ONE_API}/reissue", AWARD, correction, good=(200, 201)),
    Route("POST", "/credentials/issue", AWARD, proposal),
    # many at once
    Route("GET", f"{PAGE}/sheets", AWARD),
    Route("GET", f"{PAGE}/sheets/new", AWARD),
    Route("POST", f"{PAGE}/sheets/new", AWARD, sheet_form),
    Route("GET", SHEET, AWARD),
    Route("POST", f"{SHEET}/rows", AWARD, always(**{"rows/2/mark0": "B"})),
    Route("POST", f"{SHEET}/columns", AWARD, always(**{"columns/term": "1", "dayOrder": "dayFirst"})),
    Route("POST", f"{SHEET}/reading", AWARD, always(tab=""), places={"sheet_id": "workbook"}),
    Route("GET", f"{SHEET}/preview", AWARD),
    Route("GET", f"{SHEET}/discard", AWARD),
    Route("POST", f"{SHEET}/discard", AWARD, always(sure="1")),
    Route("GET", f"{API}/sheets", AWARD),
    Route("POST", f"{API}/sheets", AWARD, sheet),
    Route("GET", f"{API}/sheets/{{sheet_id}}", AWARD),
    Route("DELETE", f"{API}/sheets/{{sheet_id}}", AWARD),
    Route("GET", f"{API}/sheets/{{sheet_id}}/rows", AWARD),
    Route("GET", f"{API}/sheets/{{sheet_id}}/preview", AWARD),
    Route("PUT", f"{API}/sheets/{{sheet_id}}/columns", AWARD, always(columns={"term": 1}, dayOrder="dayFirst")),
    Route("PUT", f"{API}/sheets/{{sheet_id}}/reading", AWARD, always(tab=""), places={"sheet_id": "workbook"}),
    Route("PUT", f"{API}/sheets/{{sheet_id}}/rows", AWARD, always(rows=[{"number": 2, "values": {"mark0": "B"}}])),
    Route("POST", f"{API}/sheets/{{sheet_id}}/issue", AWARD, always(starts="", undoMinutes=5)),
    Route("POST", f"{SHEET}/issue", AWARD, always(key="form-key"), places={"sheet_id": "fresh_sheet"}),
    Route("GET", f"{PAGE}/jobs/{{job_id}}", AWARD),
    Route("GET", f"{PAGE}/jobs/{{job_id}}/undo", AWARD),
    Route("GET", f"{PAGE}/jobs/{{job_id}}/codes", AWARD, good=(200, 409)),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/pause", AWARD),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/resume", AWARD),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/undo", AWARD),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/release", AWARD, places={"job_id": "signed_job"}),
    Route("GET", f"{API}/jobs", AWARD),
    Route("GET", f"{API}/jobs/{{job_id}}", AWARD),
    Route("GET", f"{API}/jobs/{{job_id}}/events", AWARD, places={"job_id": "signed_job"}),
    Route("POST", f"{API}/jobs/{{job_id}}/pause", AWARD, good=(200,)),
    Route("POST", f"{API}/jobs/{{job_id}}/resume", AWARD, good=(200,)),
    Route("POST", f"{API}/jobs/{{job_id}}/undo", AWARD, good=(200,)),
    Route("POST", f"{API}/jobs/{{job_id}}/release", AWARD, good=(200,), places={"job_id": "signed_job"}),
    # what was awarded
    Route("GET", f"{PAGE}/credentials", SEE),
    Route("GET", ONE, SEE),
    Route("GET", f"{ONE}/file", SEE),
    Route("GET", f"{ONE}/picture.{{form}}", SEE),
    Route("GET", f"{ONE}/sheet", AWARD),
    Route("POST", f"{ONE}/claim", AWARD),
    Route("POST", f"{ONE}/recall", AWARD),
    Route("GET", f"{API}/credentials", SEE),
    Route("GET", ONE_API, SEE),
    Route("GET", f"{ONE_API}/document", SEE),
    Route("GET", f"{ONE_API}/claim", AWARD),
    Route("POST", f"{ONE_API}/claim", AWARD),
    Route("DELETE", f"{ONE_API}/claim", AWARD),
    # withdrawing
    Route("GET", f"{ONE}/withdraw", WITHDRAW),
    Route("POST", f"{ONE}/withdraw", WITHDRAW, always(reason="wrongPerson", note="")),
    Route("GET", f"{ONE}/release", WITHDRAW),
    Route("POST", f"{ONE}/release", WITHDRAW, places={"credential_id": "claimed"}),
    Route("POST", f"{ONE_API}/release", WITHDRAW, places={"credential_id": "claimed"}, good=(200, 201)),
    Route("POST", f"{ONE_API}/revocation", WITHDRAW, always(reason="wrongPerson"), good=(200,)),
    Route("POST", "/credentials/status", WITHDRAW, status, good=(200,)),
    # vouching for others
    Route("GET", f"{PAGE}/endorsements", SEE),
    Route("GET", f"{PAGE}/endorsements/new", AWARD),
    Route("POST", f"{PAGE}/endorsements/new", AWARD, endorsed_form),
    Route("GET", f"{PAGE}/endorsements/{{endorsement_id}}", SEE),
    Route("GET", f"{PAGE}/endorsements/{{endorsement_id}}/file", SEE),
    Route("GET", f"{PAGE}/endorsements/{{endorsement_id}}/withdraw", WITHDRAW),
    Route("POST", f"{PAGE}/endorsements/{{endorsement_id}}/withdraw", WITHDRAW, always(reason="issuedInError")),
    Route("GET", f"{API}/endorsements", SEE),
    Route("POST", f"{API}/endorsements", AWARD, endorsed),
    Route("GET", f"{API}/endorsements/{{endorsement_id}}", SEE),
    Route("GET", f"{API}/endorsements/{{endorsement_id}}/document", SEE),
    Route(
        "POST",
        f"{API}/endorsements/{{endorsement_id}}/revocation",
        WITHDRAW,
        always(reason="issuedInError"),
        good=(200,),
    ),
    Route("GET", f"{PAGE}/received-endorsements", SEE),
    Route("POST", f"{PAGE}/received-endorsements", DESCRIBE, always(endorsement="{}"), good=(422,)),
    Route("GET", f"{PAGE}/received-endorsements/{{received_id}}", SEE),
    Route("POST", f"{PAGE}/received-endorsements/{{received_id}}", DESCRIBE, always(published="no")),
    Route("POST", f"{PAGE}/received-endorsements/{{received_id}}/check", DESCRIBE),
    Route("GET", f"{API}/received-endorsements", SEE),
    Route("POST", f"{API}/received-endorsements", DESCRIBE, lambda ids: praise(ids["did"])),
    Route("GET", f"{API}/received-endorsements/{{received_id}}", SEE),
    Route("PUT", f"{API}/received-endorsements/{{received_id}}", DESCRIBE, always(published=False)),
    Route("POST", f"{API}/received-endorsements/{{received_id}}/check", DESCRIBE, nothing, good=(200,)),
    Route("GET", f"{PUBLIC}/endorsements/{{endorsement_id}}", NOBODY),
    # records
    Route("GET", f"{PAGE}/audit", SEE),
    # keys
    Route("GET", f"{PAGE}/signing", SEE),
    Route("POST", f"{PAGE}/signing/keys", KEYS, always(key="selective/p256"), good=(303, 409)),
    Route("GET", f"{PAGE}/signing/keys/{{name}}/exchange", KEYS, places=A_KEY),
    Route("POST", f"{PAGE}/signing/keys/{{name}}/exchange", KEYS, places=A_KEY),
    Route("GET", f"{PAGE}/signing/keys/{{name}}/compromised", KEYS, places=A_KEY),
    Route(
        "POST", f"{PAGE}/signing/keys/{{name}}/compromised", KEYS, always(since="2026-11-23", words="n"), places=A_KEY
    ),
    Route("GET", f"{PAGE}/signing/keys/{{name}}/after", SEE, places=A_KEY),
    Route(
        "POST",
        f"{PAGE}/signing/keys/{{name}}/after",
        KEYS,
        lambda ids: {"act": "renew", "chosen": ids["credential"]},
        places=A_KEY,
        good=(200,),
    ),
    Route("GET", f"{API}/keys", SEE),
    Route("POST", f"{API}/keys/rotation", KEYS, always(use="proof", kind="ed25519"), good=(201,)),
    Route(
        "POST", f"{API}/keys/{{name}}/compromise", KEYS, always(since="2026-11-23", note="n"), places=A_KEY, good=(200,)
    ),
    Route("GET", f"{API}/keys/{{name}}/signed-after", SEE, places=A_KEY),
    Route(
        "POST",
        f"{API}/keys/{{name}}/renewals",
        KEYS,
        lambda ids: {"credentials": [ids["credential"]]},
        places=A_KEY,
        good=(200,),
    ),
    Route(
        "POST",
        f"{API}/keys/{{name}}/withdrawals",
        KEYS,
        lambda ids: {"credentials": [ids["credential"]]},
        places=A_KEY,
        good=(200,),
    ),
    Route("POST", f"{API}/keys", KEYS, always(use="token", kind="p256"), good=(201, 409)),
    Route("GET", f"{API}/audit", SEE),
    Route("GET", f"{API}/status-lists", SEE),
    # for families and everybody
    Route("GET", "/claim", NOBODY),
    Route("POST", "/claim", NOBODY, lambda ids: {"code": ids["claim_code"]}),
    Route("GET", "/claim/{token}", NOBODY, places={"token": "claim_token"}),
    Route("POST", "/claim/{token}", NOBODY, nothing, good=(200,), places={"token": "claim_token"}, json=True),
    Route("GET", PUBLIC, NOBODY),
    Route("GET", f"{PUBLIC}/did.json", NOBODY),
    Route("GET", f"{PUBLIC}/keys/{{name}}", NOBODY, places=A_KEY),
    Route("GET", f"{PUBLIC}/achievements/{{achievement_id}}", NOBODY),
    Route("GET", f"{PUBLIC}/achievements/{{achievement_id}}/image.svg", NOBODY),
    Route("GET", f"{PUBLIC}/status/{{number}}", NOBODY),
    Route("GET", f"{PUBLIC}/catalogue", NOBODY),
    Route("GET", f"{PUBLIC}/catalogue.csv", NOBODY),
    Route("GET", f"{PUBLIC}/offerings/{{offering_id}}", NOBODY),
)
