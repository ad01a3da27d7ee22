"""The start page, the check itself, and the page of a verdict."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import Message, _
from kit.intake import SeveralFound
from kit.verdict import VerdictView, verdict_view
from kit.web import Form, Pages, form, see_other, visit_of
from vc.checks import PROOF_AND_BINDING, CheckName, DocumentKind, Outcome, Report, Verdict
from vc.contents import beside, contents
from vc.document import JsonObject
from vc.evidence import Evidence
from vc.openbadges2 import OpenBadge2
from verifier.pages.record import CredentialView, Who, credential
from verifier.pages.text import line
from verifier.service.inputs import MAX_INPUT_BYTES
from verifier.service.judging import Judging
from verifier.service.lookalikes import mixes_alphabets
from verifier.service.verdicts import Judged
from verifier.settings import VerifierSettings

OLD: Final = timedelta(hours=1)
FIELDS = ("input", "link")
FILES = ("file", "photo")
HIDDEN: Final = _("not shown, because its signature does not hold or could not be checked")
HIDDEN_BY_CONTENTS: Final = _("not shown, because something that it contains is not genuine")
_CAREFUL: Final = _("Careful: a name or an address in it looks like somebody else's on your list. See below.")


def checking_pages(*, judging: Judging, pages: Pages, settings: VerifierSettings) -> APIRouter:
    """Hand in, be led to the verdict, read it, check again, take the record home."""
    router = APIRouter(include_in_schema=False)

    @router.get("/", name="home")
    def home(request: Request) -> Response:
        return pages.render(request, "home.html", values={}, error=None, choices=[], verdict_days=settings.verdict_days)

    @router.post("/verify", name="verify")
    def verify(request: Request) -> Response:
        given = form(request)
        reader = line(given.get("reader"), limit=120)
        newer = given.get("newer") == "yes"
        client = visit_of(request).client
        try:
            made = judging.check(_handed_in(given), reader=reader, recognition="list", newer=newer, client=client)
        except BadInput as error:
            choices = error.choices if isinstance(error, SeveralFound) else []
            values = {"reader": reader, "newer": "yes" if newer else ""}
            context = {"values": values | ({} if choices else _values(given)), "error": error}
            return pages.render(
                request,
                "home.html",
                status=error.status,
                verdict_days=settings.verdict_days,
                choices=choices,
                **context,
            )
        return see_other(f"/verdicts/{made}")

    @router.get("/verdicts/{verdict_id}", name="verdict")
    def verdict(request: Request, verdict_id: str) -> Response:
        judged = judging.find(verdict_id, client=visit_of(request).client)
        context = verdict_context(judged, language=visit_of(request).language, loopback=settings.loopback)
        context["old"] = pages.clock.now() - judged.record.now > OLD
        return pages.render(request, "verdict.html", **context)

    @router.post("/verdicts/{verdict_id}/check-again", name="check_again")
    def check_again(request: Request, verdict_id: str) -> Response:
        return see_other(f"/verdicts/{judging.check_again(verdict_id, client=visit_of(request).client)}")

    @router.get("/verdicts/{verdict_id}/record", name="verdict_record")
    def record(request: Request, verdict_id: str) -> Response:
        body = json.dumps(
            judging.find(verdict_id, client=visit_of(request).client).record.to_json(), ensure_ascii=False
        ).encode()
        headers = {"Content-Disposition": 'attachment; filename="verdict-record.json"'}
        return Response(body, media_type="application/json", headers=headers)

    return router


def _handed_in(given: Form) -> bytes:
    """A file that was chosen, or a photo that was taken, wins over what stands in the box."""
    for name in FILES:
        uploaded = given.file(name, largest=MAX_INPUT_BYTES)
        if uploaded is not None:
            return uploaded.data
    return next((text for name in FIELDS if (text := given.get(name))), "").encode()


def _values(given: Form) -> dict[str, str]:
    text = next((text for name in FIELDS if (text := given.get(name))), "")
    return {"input": text if len(text) <= 200_000 else "", "reader": given.get("reader")[:120]}


def verdict_context(judged: Judged, *, language: str, loopback: bool) -> dict[str, Any]:
    """Everything that the page of a verdict is made from, in the reader's language."""
    report, now = judged.report, judged.record.now
    found = list(beside(contents(judged.record.document), report))
    pairs = [
        (
            credential(
                shown(each.document, made, evidence=judged.record.evidence), pointer=each.pointer, loopback=loopback
            ),
            made,
        )
        for each, made, _depth in found
    ]
    depths = {each.pointer: depth for each, _made, depth in found}
    labels = {"": _("The whole record")} | dict(_labels(report))
    issuers = {view.issuer.did: view.issuer for view, _made in pairs}
    names = {issuer.did: issuer.name for issuer in judged.record.policy.recognised}
    inside = (judged for judged in report.children if judged.document_kind is not DocumentKind.ENDORSEMENT_CREDENTIAL)
    named = {id(made): view.title if readable(made) else "" for view, made in pairs}
    titles = [named.get(id(child), "") for child in inside]
    may_be_read = {view.pointer: readable(found) for view, found in pairs}
    view = verdict_view(report, language, now, names=names, titles=titles)
    if judged.warnings and not report.headline_green:
        view = replace(view, who=replace(view.who, more=(_CAREFUL,)))
    return {
        "judged": judged,
        "view": view,
        "checked": now,
        "lines": [
            _line(view, made, verdict_view(made, language, now, names=names), depths[here], labels[here])
            for view, made in pairs
            for here in [view.pointer]
        ],
        "issuers": [_standing(judged, who, report) for who in issuers.values()],
        "readable": may_be_read,
        "any_readable": any(may_be_read.values()),
        "binding": _binding(report),
        "names": sorted({view.subject_name for view, found in pairs if view.subject_name and readable(found)}),
        "last_good": sorted((urlsplit(url).netloc, moment) for url, moment in judged.last_good.items()),
        "rolled_back": sorted({urlsplit(url).netloc for url in judged.rolled_back}),
    }


def shown(document: JsonObject, found: Report, *, evidence: Evidence) -> JsonObject:
    """What is shown of a credential: itself, or, of an older badge, what it refers to, too."""
    if found.document_kind is DocumentKind.OPEN_BADGE_2:
        return OpenBadge2.view(document, evidence=evidence).mapped()
    return document


def _line(view: CredentialView, found: Report, words: VerdictView, depth: int, label: Message) -> dict[str, Any]:
    """One credential: what needs attention comes first, what passed stays at hand."""
    quiet = {"genuine", "plain"}
    return {
        "view": view,
        "depth": depth,
        "label": label,
        "verdict": words,
        "settled": found.verdict is Verdict.GENUINE_AND_CURRENT,
        "hidden": HIDDEN_BY_CONTENTS if signed(found) else HIDDEN,
        "selected": found.check(CheckName.PROOF_POLICY).facts.get("selective") is True,
        "attention": [check for check in words.checks if check.tone not in quiet],
        "rest": [check for check in words.checks if check.tone in quiet],
    }


def _labels(report: Report) -> Iterator[tuple[str, Message]]:
    """What to call each contained part by its place, when its own words may not be shown."""
    for check in report.checks:
        if check.name is CheckName.CREDENTIAL:
            number, is_endorsement = check.facts.get("number"), check.facts.get("part") == "endorsement"
            label = _("Endorsement %(number)s", number=number) if is_endorsement else None
            yield check.subject, label or _("Credential %(number)s", number=number)
    for child in report.children:
        yield from _labels(child)


def signed(report: Report) -> bool:
    """Whether its own signature is its issuer's, whatever is the matter with what it contains."""
    return not any(
        check.outcome is Outcome.FAILED and check.name in PROOF_AND_BINDING and check.name is not CheckName.CREDENTIAL
        for check in report.checks
    ) and (report.check(CheckName.SIGNATURE).outcome is Outcome.PASSED)


def readable(report: Report) -> bool:
    """Whether what a credential says may be shown: its signature was checked and is its issuer's."""
    if report.verdict is Verdict.NOT_GENUINE:
        return False
    return report.check(CheckName.SIGNATURE).outcome is Outcome.PASSED


def _standing(judged: Judged, who: Who, report: Report) -> dict[str, Any]:
    """Who stands behind an issuer: the entry of a list, if there is one, and names that it resembles."""
    proven = any(
        each.check(CheckName.RECOGNITION).facts.get("issuer") == who.did and signed(each) for each in _all(report)
    )
    return {
        "who": who,
        "entry": judged.record.policy.recognition_of(who.did) if proven else None,
        "proven": proven,
        "look_alikes": judged.warnings.get(who.did, ()),
        "odd_letters": mixes_alphabets(who.claimed_name),
    }


def _all(report: Report) -> Iterator[Report]:
    yield report
    for child in report.children:
        yield from _all(child)


def _binding(report: Report) -> Literal["bound", "notBound", "notChecked"]:
    state = report.check(CheckName.HOLDER_BINDING).facts.get("binding")
    return state if state in {"bound", "notBound"} else "notChecked"
