"""The page `/patterns`: every component in every state, photographed by the browser tests.

Everything on it is made up. It asks no database, so any role can mount it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kit import qr
from kit.i18n import _
from kit.paging import Page
from kit.patterns_verdicts import NAMES, NOW, samples
from kit.quilt import GEOMETRIES, Look, draw
from kit.verdict import verdict_view
from kit.web import Pages, form, see_other, visit_of

LINK: Final = "https://wallet.maple.example/s/Qm9vayBvZiBob3Vyc18yMDI3"
CODE: Final = "7K3M-Q2XD-9FTA"

_FABRICS: Final = (("indigo", "saffron", "madder"), ("madder", "moss", "saffron"), ("plum", "saffron", "moss"))


def pattern_pages(*, pages: Pages) -> APIRouter:
    """`/patterns`, and the printed sheets beneath it."""
    router = APIRouter(include_in_schema=False)

    def show(request: Request, chosen: frozenset[str]) -> Response:
        language = visit_of(request).language
        views = [(name, verdict_view(report, language, NOW, names=NAMES)) for name, report in samples()]
        live = "/patterns/progress" if "live" in request.query_params else None
        context: dict[str, Any] = {"verdicts": views, "geometries": _geometries(), "chosen": chosen, "live": live}
        return pages.render(request, "patterns.html", **context, **_things(), **_lists())

    @router.get("/patterns")
    def patterns(request: Request) -> Response:
        return show(request, frozenset({"name", "results"}))

    @router.post("/patterns")
    def choose(request: Request) -> Response:
        given = form(request)
        if given.get("do") != "preview":
            return see_other("/patterns")
        return show(request, frozenset(given.values("show")))

    @router.get("/patterns/progress")
    def progress() -> StreamingResponse:
        return StreamingResponse(_events(), media_type="text/event-stream")

    @router.get("/patterns/certificate")
    def certificate(request: Request) -> Response:
        return pages.render(request, "patterns_sheet.html", kind="certificate", **_things())

    @router.get("/patterns/codes")
    def codes(request: Request) -> Response:
        return pages.render(request, "patterns_sheet.html", kind="codes", **_things())

    return router


def _events() -> Iterator[str]:
    """Server-sent events as the component `progress` reads them."""
    for done in (20, 21, 22):
        said = {"done": done, "total": 22, "count": f"{done} / 22", "finished": done == 22, "href": "/patterns?done=1"}
        yield f"data: {json.dumps(said)}\n\n"


def _geometries() -> list[tuple[str, Markup]]:
    return [
        (name, draw(Look(geometry=name, fabrics=_FABRICS[place % len(_FABRICS)], turns=0), size=72))
        for place, name in enumerate(GEOMETRIES)
    ]


def _things() -> dict[str, Any]:
    """Cards, learners, codes."""
    day = date(2027, 3, 3)
    awards = (
        ("Field botany: forty species", "Maple Co-op", "Ana Lindqvist-Okafor"),
        ("Bookkeeping, first course", "Harbour Community College", "Ana Lindqvist-Okafor"),
        ("Letterpress studio", "The Inkwell", "Theo Lindqvist-Okafor"),
        ("علم الفلك للمبتدئين", "مرصد الحي", "Ana Lindqvist-Okafor"),
        ("Algebra II", "Oak & Ember Microschool", "Theo Lindqvist-Okafor"),
        ("Community garden, 60 hours", "Riverside Garden Trust", "Ana Lindqvist-Okafor"),
        ("Ceramics: wheel and kiln", "The Inkwell", "Theo Lindqvist-Okafor"),
    )
    states = (
        {"tone": "genuine", "word": _("Checked")},
        {"tone": "waiting", "word": _("Waiting for a guardian")},
        {"tone": "but", "word": _("Expired")},
        {"tone": "withdrawn", "word": _("Withdrawn")},
        {"tone": "forged", "word": _("Not genuine")},
        {"tone": "unknown", "word": _("Could not be checked")},
    )
    cards = [
        {"identifier": f"urn:example:{place}", "title": title, "issuer": issuer, "learner": learner, "date": day,
         "state": states[place % len(states)], "href": f"#card-{place}", "new": place == 0, "kind": None}
        for place, (title, issuer, learner) in enumerate(awards)
    ]  # fmt: skip
    slips = [
        {"learner": learner, "title": title, "code": CODE, "qr": qr.svg(LINK, title="QR")}
        for title, _issuer, learner in awards[:6]
    ]
    learners = [
        {"identifier": "urn:example:ana", "name": "Ana", "href": "?learner=ana", "waiting": 2},
        {"identifier": "urn:example:theo", "name": "Theo", "href": "?learner=theo"},
        {"identifier": "urn:example:noor", "name": "نور", "href": "?learner=noor"},
    ]
    return {
        "cards": cards,
        "learners": learners,
        "slips": slips,
        "link": LINK,
        "code": CODE,
        "day": day,
        "qr": qr.svg(LINK, title="QR"),
    }


def _lists() -> dict[str, Any]:
    """Tables, events, bars, trees."""
    rows = [
        {"id": 1, "name": "Ana Lindqvist-Okafor", "what": "Field botany", "credits": "0.50", "href": "#row-1",
         "state": {"tone": "genuine", "word": _("Kept")}},
        {"id": 2, "name": "Theo Lindqvist-Okafor", "what": "Algebra II", "credits": "1.00",
         "state": {"tone": "waiting", "word": _("Waiting for a guardian")}},
        {"id": 3, "name": "Wren", "what": "Letterpress studio", "credits": "12.00", "tone": "forged",
         "state": {"tone": "forged", "word": _("Needs a fix")},
         "problem": _("The e-mail address in this row has no @. Correct it, or leave it empty to print a code.")},
        {"id": 4, "name": "محمد", "what": "Field botany", "credits": "0.50", "tone": "withdrawn",
         "state": {"tone": "withdrawn", "word": _("Withdrawn")}},
    ]  # fmt: skip
    events = [
        {"at": NOW, "what": _("Opened by a reader"), "who": "Harbour Community College", "icon": "person"},
        {"at": NOW - timedelta(days=2), "what": _("Shared by link"), "who": "Marit Lindqvist", "icon": "link",
         "detail": _("The link stops working on %(day)s.", day="2 April 2027")},
        {"at": NOW - timedelta(days=30), "what": _("Kept"), "icon": "check", "tone": "genuine"},
    ]  # fmt: skip
    tree = {
        "label": "Biology, 1.00 credit, A−", "word": _("Genuine and current"), "tone": "genuine",
        "children": [
            {"label": "Decision of the program", "who": "Oak & Ember Microschool", "when": "3 March 2027",
             "identifier": "urn:example:4", "word": _("Genuine and current"), "tone": "genuine",
             "children": [
                 {"label": "Field botany: forty species", "who": "Maple Co-op", "when": "12 June 2026", "href": "#",
                  "identifier": "urn:example:0", "word": _("Withdrawn"), "tone": "withdrawn",
                  "detail": "Maple Co-op withdrew this on 1 March 2027."},
                 {"label": "Herbarium, 40 sheets", "who": "Evidence", "identifier": "urn:example:9"},
             ]},
        ],
    }  # fmt: skip
    page = Page(items=rows, number=3, size=50, total=312)
    return {"rows": rows, "events": events, "tree": tree, "page": page}
