"""The wallet on a phone's home screen: manifest, icons, worker, and the copy for times without a connection.

The worker's scope is `/phone/`: it never sees a request of another page. What it keeps without being asked are static
files and one page about nobody. A copy of awards is asked for by a member, on their own phone, and every answer here
but the icons is `no-store`: what stays is what `phone.js` puts away on purpose.
"""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.accounts import current_user
from kit.errors import NotFound, SignInRequired
from kit.i18n import _
from kit.mark import mark_png
from kit.web import Pages, see_other, visit_of
from wallet.pages.asking import member
from wallet.service import Actor, Services

SCOPE = "/phone/"
ICONS = {"192": (192, False), "512": (512, False), "maskable": (512, True)}
FILES = ("tokens.css", "page.css", "components.css", "print.css", "wallet.css", "satchel.js", "phone.js", "mark.svg")
MARK = "X-Satchel-Copy"
Learners = Annotated[list[str] | None, Query(max_length=200)]


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about the phone."""
    _add_app(router, pages)
    _add_copy(router, services, pages)


def _add_app(router: APIRouter, pages: Pages) -> None:
    worker = _worker(pages)

    @router.get("/manifest.webmanifest", name="manifest")
    def manifest(request: Request) -> Response:
        return JSONResponse(_manifest(request, pages), media_type="application/manifest+json")

    @router.get("/icons/{name}.png", name="icon")
    def icon(name: str) -> Response:
        if name not in ICONS:
            raise NotFound
        size, maskable = ICONS[name]
        kept = {"Cache-Control": "public, max-age=86400"}
        return Response(mark_png(size, maskable=maskable), media_type="image/png", headers=kept)

    @router.get("/phone/worker.js", name="worker")
    def worker_file() -> Response:
        return Response(worker, media_type="text/javascript; charset=utf-8")

    @router.get("/phone/start", name="phone_start")
    def start() -> Response:
        return see_other("/")

    @router.get("/phone/offline", name="offline")
    def offline(request: Request) -> Response:
        return pages.render(request, "offline.html")


def _add_copy(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    copying = services.copying

    @router.get("/phone/", name="phone")
    def phone(request: Request, actor: who) -> Response:
        return pages.render(request, "phone.html", learners=services.people.learners(actor))

    @router.get("/phone/copy", name="phone_copy")
    def copy(request: Request, actor: who, learner: Learners = None, codes: bool = False) -> Response:
        session = visit_of(request).session_token
        if session is None:
            raise SignInRequired
        copied = copying.copy(actor, learner or [], codes=codes)
        made, origin = services.tools.clock.now(), services.tools.settings.public_url
        answer = pages.render(request, "phone_copy.html", copied=copied, made=made, origin=origin)
        answer.headers[MARK] = copying.mark(actor, learner or [], session=session)
        return answer

    @router.get("/phone/state", name="phone_state")
    def state(request: Request, learner: Learners = None) -> Response:
        user = current_user(request)
        actor = services.people.actor(user.id) if user else None
        return JSONResponse({"mark": copying.holds(actor, learner or [], session=visit_of(request).session_token)})


def _manifest(request: Request, pages: Pages) -> dict[str, Any]:
    return {
        "id": "/",
        "name": pages.say(request, _("Satchel wallet")),
        "short_name": "Satchel",
        "description": pages.say(request, _("What your family has learned, kept and shown to whom you choose.")),
        "lang": visit_of(request).language,
        "dir": "ltr",
        "start_url": "/phone/start",
        "scope": "/",
        "display": "standalone",
        "background_color": "#FBF8F2",
        "theme_color": "#FBF8F2",
        "icons": [
            {"src": pages.assets.url("mark.svg"), "type": "image/svg+xml", "sizes": "any"},
            *(
                {
                    "src": f"/icons/{name}.png",
                    "type": "image/png",
                    "sizes": f"{size}x{size}",
                    "purpose": "maskable" if maskable else "any",
                }
                for name, (size, maskable) in ICONS.items()
            ),
        ],
    }


def _worker(pages: Pages) -> bytes:
    """The worker's source, with the addresses of the files that it keeps in front."""
    files = [pages.assets.url(name) for name in FILES]
    body = pages.assets.body("worker.js")
    version = hashlib.sha256(json.dumps(files).encode() + body).hexdigest()[:16]
    return f"const FILES = {json.dumps(files)};\nconst VERSION = {json.dumps(version)};\n".encode() + body
