"""The verdict on a badge of Open Badges 2.0, by the rules of its own time, in the words of every other verdict.

*Hosted*: what lies at the badge's own address counts. The address must be one at which the issuer, by its own profile,
keeps its badges; the copy there must say the same as the one in hand; gone or revoked there is withdrawn.
*Signed*: a compact token by a key that the issuer's profile lists; withdrawn is what the profile's list names.

A badge that was hosted was signed by nobody: that it is its issuer's rests on the issuer's address and on TLS. The
facts say which of the two it was (``method``), and it is never called a badge of 3.0.

Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#badge-verification
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from vc import presentation_checks as presentations
from vc.checks import Check, CheckName, DocumentKind, Findings, Outcome, Report, Verdict, run
from vc.credential_checks import Context
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.document import check as check_limits
from vc.jose import Jws, parse_compact, verify_jws
from vc.keys import PublicKey
from vc.openbadges2.graph import (
    LIMITS,
    address_of,
    difference,
    fetched,
    is_same_name,
    issuer_of,
    refuse_outside,
    resolved,
)
from vc.openbadges2.keys import key_of
from vc.openbadges2.model import CONTEXTS, HOSTED, SIGNED, refuse_other, violations
from vc.problems import (
    BudgetExceeded,
    ChildCaution,
    EvidenceUnavailable,
    ExpiredCaution,
    HostedCopyError,
    HostedElsewhereError,
    InvalidVerificationMethodError,
    MalformedDateError,
    NotReached,
    NotYetValidCaution,
    ProblemError,
    RevokedError,
    StatusVerificationError,
    UnrecognisedIssuerCaution,
    UnsecuredError,
    Unsupported,
)
from vc.status.revocation_list import LIMITS as LIST_LIMITS
from vc.status_checks import refuse_stale
from vc.timestamps import format_timestamp, parse_timestamp
from vc.wanted import Wanted

GONE: Final = 410
MAX_ENDORSEMENTS: Final = 8


def verify_open_badge(
    value: JsonObject | Jws | str, *, context: Context, digest: str = "", subject: str = ""
) -> Report:
    """The report on an assertion: an object (hosted), or a compact token (signed).

    ``digest`` is the SHA-256 of what was handed in, ``subject`` where it stands in a larger document.

    Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#badge-verification
    """
    jws: Jws | None = None
    if isinstance(value, str):
        try:
            jws = parse_compact(value)
        except ProblemError as error:
            findings = Findings()
            findings.add(error)
            check = Check(
                name=CheckName.PARSE, outcome=findings.outcome(), problems=tuple(findings.problems), subject=subject
            )
            return Report(document_kind=DocumentKind.UNKNOWN, digest=digest, checks=(check,))
    elif isinstance(value, Jws):
        jws = value
    document = jws.payload if jws is not None else value
    if not isinstance(document, Mapping):  # a token is a text, and was read above
        raise TypeError("A badge is an object or a token.")
    return _Judge(document, jws=jws, context=context, digest=digest, subject=subject, kind="Assertion").report()


class _Judge:
    """One assertion or endorsement on its way to a report."""

    def __init__(
        self, document: JsonObject, *, jws: Jws | None, context: Context, digest: str, subject: str, kind: str
    ) -> None:
        self.document = document
        self.jws = jws
        self.context = context
        self.digest = digest
        self.subject = subject
        self.kind = kind
        self.checks: list[Check] = []
        self.key: PublicKey | None = None

    def run(self, name: CheckName, step: Callable[[Findings], None]) -> Check:
        """Make a check, and keep it."""
        check = run(name, step, subject=self.subject)
        self.checks.append(check)
        return check

    def report(self) -> Report:
        """Make every check."""
        self.checks.append(Check(name=CheckName.PARSE, outcome=Outcome.PASSED, subject=self.subject))
        children: tuple[Report, ...] = ()
        if self.run(CheckName.KIND, self.check_kind).outcome is Outcome.PASSED:
            self.run(CheckName.CONTEXTS, self.check_contexts)
            self.run(CheckName.SCHEMA, self.check_schema)
            self.run(CheckName.PROOF_POLICY, self.check_method)
            self.run(CheckName.ISSUER_KEY, self.check_issuer)
            signature = self.run(CheckName.SIGNATURE, self.check_copy if self.jws is None else self.check_signature)
            self.run(CheckName.VALIDITY, self.check_validity)
            self.run(CheckName.STATUS, self.check_status)
            self.run(CheckName.RECOGNITION, partial(self.check_recognition, signature=signature.outcome))
            if not self.subject:
                self.run(CheckName.HOLDER_BINDING, partial(presentations.check_no_binding, context=self.context))
            if self.kind == "Assertion":
                children = self.judge_endorsements()
        return Report(
            document_kind=DocumentKind.OPEN_BADGE_2, digest=self.digest, checks=tuple(self.checks), children=children
        )

    # -- what it refers to -------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The badge's identifier."""
        found = self.document.get("id")
        if not isinstance(found, str):
            raise Unsupported("A badge without an id lies nowhere.", pointer="/id")
        return found

    @property
    def method(self) -> str:
        """How it is verified."""
        return "hosted" if self.jws is None else "signed"

    def badge(self) -> JsonObject:
        """The badge class."""
        return resolved(self.document.get("badge"), context=self.context)

    def issuer(self) -> JsonObject:
        """The issuer's profile, from its own address."""
        holder = self.document if self.kind == "Endorsement" else self.badge()
        return issuer_of(holder.get("issuer"), context=self.context)[0]

    # -- the checks --------------------------------------------------------------------------------------------

    def check_kind(self, findings: Findings) -> None:
        """Whether this is what is judged here, and small enough."""
        refuse_other(self.document, kind=self.kind)
        check_limits(self.document, limits=LIMITS, escapes=False)
        findings.facts["kind"] = DocumentKind.OPEN_BADGE_2.value

    def check_contexts(self, findings: Findings) -> None:
        """Which words are read: those of Open Badges 2.0; what other contexts would add is not read, and told."""
        findings.facts["method"] = self.method
        names = [item if isinstance(item, str) else "its own" for item in listed(self.document.get("@context"))]
        if others := [name for name in names if name not in CONTEXTS]:
            findings.facts["notRead"] = list(others)

    def check_schema(self, findings: Findings) -> None:
        """Whether it, the badge class and the issuer have what they must have."""
        found = list(violations(self.document, kind=self.kind))
        if self.kind == "Assertion":
            badge = self.badge()
            found += violations(badge, kind="BadgeClass", here="/badge")
        found += violations(self.issuer(), kind="Profile", here="/badge/issuer")
        for violation in found:
            findings.add(violation)

    def check_method(self, findings: Findings) -> None:
        """How it is to be verified, and, when hosted, whether it lies where its issuer keeps badges."""
        verification = self.document.get("verification")
        types = set(map(str, listed(verification.get("type")))) if isinstance(verification, Mapping) else set()
        findings.facts["method"] = self.method
        if self.jws is None:
            if types & SIGNED:
                raise UnsecuredError(
                    "It says that it is signed, and comes without a signature.", pointer="/verification"
                )
            if not types & HOSTED:
                raise Unsupported("It does not say how it is to be verified.", pointer="/verification")
            refuse_outside(self.name, self.issuer(), context=self.context)
            return
        if types & HOSTED or not types & SIGNED:
            raise Unsupported("It is a token, and does not say that it is signed.", pointer="/verification")
        if self.jws.algorithm not in self.context.policy.algorithms:
            raise Unsupported(f"Tokens signed with {self.jws.algorithm} are not accepted.")

    def check_issuer(self, findings: Findings) -> None:
        """Who issues it: the profile, a badge class that is the issuer's, and the key of a signed one."""
        holder = self.document if self.kind == "Endorsement" else self.badge()
        profile, resource = issuer_of(holder.get("issuer"), context=self.context)
        findings.facts |= {"issuer": str(profile.get("id")), "retrieved": resource.retrieved.isoformat()}
        findings.facts |= {"fromCache": resource.from_cache, "method": self.method}
        if isinstance(self.document.get("badge"), Mapping) and len(holder) > 1 and self.kind == "Assertion":
            refuse_borrowed(holder, profile, context=self.context)
        if self.jws is not None:
            verification = self.document.get("verification")
            creator = verification.get("creator") if isinstance(verification, Mapping) else None
            method, self.key = key_of(profile, creator, context=self.context)
            findings.facts["methods"] = [method]
            refuse_embedded(self.jws, self.key)

    def check_copy(self, findings: Findings) -> None:
        """Whether the copy at the badge's own address says the same; that copy is what counts."""
        hosted, resource = fetched(self.name, context=self.context, wanted=Wanted.HOSTED_BADGE)
        findings.facts |= {"method": "hosted", "hostedAt": self.name}
        refuse_stale(resource, context=self.context, life=None)
        if hosted.get("revoked") is True and "badge" not in hosted:
            raise NotReached("Its issuer has withdrawn it, and keeps no copy to compare it with.")
        name = difference(self.document, hosted, context=self.context)
        if name is not None:
            detail = f"The copy at {self.name} says something else about “{name}”."
            raise HostedCopyError(detail, pointer=pointer(name))

    def check_signature(self, findings: Findings) -> None:
        """Whether the token was signed with the issuer's key."""
        findings.facts["method"] = "signed"
        if self.key is None or self.jws is None:
            findings.doubt(NotReached("There is no key to check the signature with."))
            return
        verify_jws(self.jws, public_key=self.key)

    def check_validity(self, findings: Findings) -> None:
        """Whether it holds now."""
        start = parse_timestamp(self.document.get("issuedOn"), pointer="/issuedOn")
        findings.facts["validFrom"] = format_timestamp(start)
        end = parse_timestamp(self.document["expires"], pointer="/expires") if "expires" in self.document else None
        if end is not None and end < start:
            raise MalformedDateError("The badge ends before it was issued.", pointer="/expires")
        if self.context.now + self.context.policy.clock_skew < start:
            findings.add(NotYetValidCaution(f"It was issued on {format_timestamp(start)}.", pointer="/issuedOn"))
        if end is not None:
            findings.facts["validUntil"] = format_timestamp(end)
            if end < self.context.now:
                findings.add(ExpiredCaution(f"It held until {format_timestamp(end)}.", pointer="/expires"))

    def check_status(self, findings: Findings) -> None:
        """Whether the issuer still upholds it; any doubt leaves the question open."""
        try:
            (self.check_hosted_status if self.jws is None else self.check_list)(findings)
        except RevokedError:
            raise
        except ProblemError as error:
            findings.doubt(error)

    def check_hosted_status(self, findings: Findings) -> None:
        """Whether the issuer has taken it down: gone, or revoked where it lies."""
        refuse_outside(self.name, self.issuer(), context=self.context)
        address = address_of(self.name, context=self.context)
        findings.facts["listIssuer"] = str(self.issuer().get("id"))
        held = self.context.evidence.resources.get(address)
        # "If the HTTP status is 410 Gone, the badge should be treated as revoked."
        if held is not None and held.final == GONE:
            findings.facts["retrieved"] = held.retrieved.isoformat()
            raise RevokedError("Its issuer has taken it down.")
        hosted, resource = fetched(self.name, context=self.context, wanted=Wanted.HOSTED_BADGE)
        findings.facts |= {"retrieved": resource.retrieved.isoformat(), "fromCache": resource.from_cache}
        refuse_stale(resource, context=self.context, life=None)
        if hosted.get("revoked", False) is not False:
            _revoked(findings, hosted.get("revocationReason"))

    def check_list(self, findings: Findings) -> None:
        """Whether the issuer's list names it; an issuer without a list withdraws nothing."""
        profile = self.issuer()
        place = profile.get("revocationList")
        if place is None:
            findings.applicable = False
            return
        name = place.get("id") if isinstance(place, Mapping) else place
        if not isinstance(name, str):
            raise StatusVerificationError("The issuer's list of withdrawals has no address.")
        findings.facts["list"] = name
        address = address_of(name, context=self.context)
        resource = self.context.evidence.had(address, wanted=Wanted.REVOCATION_LIST)
        findings.facts |= {"retrieved": resource.retrieved.isoformat(), "fromCache": resource.from_cache}
        refuse_stale(resource, context=self.context, life=None)
        entries = revoked_in(fetched_list(name, context=self.context), profile)
        findings.facts["listIssuer"] = str(profile.get("id"))
        if self.name in entries:
            _revoked(findings, entries[self.name])

    def check_recognition(self, findings: Findings, *, signature: Outcome) -> None:
        """Whether a list that the policy uses vouches for exactly this issuer."""
        issuer = str(self.issuer().get("id"))
        entry = self.context.policy.recognition_of(issuer)
        findings.facts["issuer"] = issuer
        findings.facts["recognised"] = entry is not None and signature is Outcome.PASSED
        if entry is not None:
            findings.facts |= {"name": entry.name, "listName": entry.list_name, "note": entry.note}
        elif self.context.policy.require_recognition:
            findings.add(UnrecognisedIssuerCaution("The issuer is on no list that you use."))
        else:
            findings.applicable = False

    # -- what others say of it ---------------------------------------------------------------------------------

    def judge_endorsements(self) -> tuple[Report, ...]:
        """The reports on what others say of the badge; whatever they come to, the badge is its issuer's."""
        entries = listed(self.document.get("endorsement"))
        if len(entries) > MAX_ENDORSEMENTS:
            self.run(CheckName.CREDENTIAL, partial(_refuse_many, count=len(entries)))
            return ()
        reports: list[Report] = []
        for number, entry in enumerate(entries):
            here = f"{self.subject}/endorsement/{number}"
            said: list[JsonObject] = []
            step = partial(self.check_endorsement, entry=entry, here=here, number=number, said=said, reports=reports)
            self.checks.append(run(CheckName.CREDENTIAL, step, subject=here))
        return tuple(reports)

    def check_endorsement(
        self,
        findings: Findings,
        *,
        entry: JsonValue,
        here: str,
        number: int,
        said: list[JsonObject],
        reports: list[Report],
    ) -> None:
        """One endorsement: hosted by whoever endorses, and about this badge."""
        findings.facts |= {"part": "endorsement", "number": number + 1}
        try:
            said.append(resolved(entry, context=self.context))
        except (EvidenceUnavailable, ProblemError):
            findings.add(ChildCaution(f"Endorsement {number + 1} cannot be looked up.", pointer=here))
            return
        judge = _Judge(said[0], jws=None, context=self.context, digest="", subject=here, kind="Endorsement")
        report = judge.report()
        reports.append(report)
        findings.facts["verdict"] = report.verdict.value
        claim = said[0].get("claim")
        about = claim.get("id") if isinstance(claim, Mapping) else None
        badge = self.badge()
        praised = (self.document.get("id"), badge.get("id"), _id(badge.get("issuer")))
        if not any(is_same_name(about, name) for name in praised):
            findings.add(ChildCaution(f"Endorsement {number + 1} is about something else.", pointer=here))
        elif report.verdict is not Verdict.GENUINE_AND_CURRENT:
            findings.add(ChildCaution(f"Endorsement {number + 1} cannot be relied on.", pointer=here))


def refuse_borrowed(badge: JsonObject, issuer: JsonObject, *, context: Context) -> None:
    """Refuse a badge class that is copied into the badge under an address at somebody else's."""
    name = badge.get("id")
    if isinstance(name, str) and name.startswith(("http://", "https://")):
        try:
            refuse_outside(name, {"id": issuer.get("id")}, context=context)
        except HostedElsewhereError:
            refuse_outside(name, issuer, context=context)


def refuse_embedded(jws: Jws, key: PublicKey) -> None:
    """Refuse a token that brings another key than the issuer's."""
    if jws.embedded_key is not None and jws.embedded_key != key:
        raise InvalidVerificationMethodError("The token brings a key that is not the issuer's.")


def fetched_list(name: str, *, context: Context) -> JsonObject:
    """A revocation list from its own address."""
    return fetched(name, context=context, wanted=Wanted.REVOCATION_LIST, limits=LIST_LIMITS)[0]


def revoked_in(value: JsonObject, issuer: JsonObject) -> Mapping[str, JsonValue]:
    """The reasons by the ids of the badges that a list names.

    Raises:
        StatusVerificationError: it is no such list, or another issuer's.

    Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#RevocationList

    """
    entries = listed(value.get("revokedAssertions"))
    if "RevocationList" not in listed(value.get("type")) or "revokedAssertions" not in value:
        raise StatusVerificationError("What came back is not a list of withdrawn badges.")
    if "issuer" in value and not is_same_name(_id(value["issuer"]), issuer.get("id")):
        raise StatusVerificationError("The list of withdrawn badges is another issuer's.")
    found: dict[str, JsonValue] = {}
    for entry in entries:
        name = _id(entry)
        if name is None and isinstance(entry, Mapping):
            name = _id(entry.get("uid"))
        if name is None:
            raise StatusVerificationError("An entry of the list of withdrawn badges is malformed.")
        found[name] = entry.get("revocationReason") if isinstance(entry, Mapping) else None
    return found


def _id(value: JsonValue) -> str | None:
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else None


def _revoked(findings: Findings, reason: JsonValue) -> None:
    if isinstance(reason, str) and reason:
        findings.facts["message"] = reason
    raise RevokedError("The issuer has withdrawn this badge.")


def _refuse_many(findings: Findings, *, count: int) -> None:
    findings.facts["part"] = "endorsement"
    raise BudgetExceeded(f"{count} endorsements; at most {MAX_ENDORSEMENTS} are looked at.", pointer="/endorsement")
