"""Leaving, and arriving with an archive."""

from base64 import b64decode
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kit.errors import BadInput
from kit.i18n import _
from kit.web import visit_of
from wallet.api.asking import member
from wallet.api.bodies import NewArchive, NewRestoration, Parting, Reopening
from wallet.api.shapes import to_json
from wallet.service import Actor, Services

_TO_SAVE: Final = {"Content-Disposition": 'attachment; filename="awards.satchel"'}


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about leaving."""
    who = Annotated[Actor, Depends(member(services))]

    @router.post("/archive")
    def save_archive(actor: who, body: NewArchive) -> Response:
        packed = services.packing.pack(actor, passphrase=body.passphrase, again=body.passphrase)
        headers = _TO_SAVE | {"Content-Length": str(packed.size)}
        return StreamingResponse(packed.chunks(), media_type="application/octet-stream", headers=headers)

    @router.post("/restorations", status_code=202)
    def bring_archive(actor: who, body: NewRestoration) -> Any:
        try:
            sealed = b64decode(body.archive, validate=True)
        except ValueError:
            remedy = _("Send the file's bytes as base64.")
            raise BadInput(_("The archive did not arrive as it has to."), field="archive", remedy=remedy) from None
        return to_json(services.restoring.begin(actor, sealed, passphrase=body.passphrase, mine=body.mine))

    @router.get("/restorations/{restoration_id}")
    def restoration(actor: who, restoration_id: str) -> Any:
        return to_json(services.restoring.view(actor, restoration_id))

    @router.post("/restorations/{restoration_id}/attempt", status_code=202)
    def try_again(actor: who, restoration_id: str) -> Any:
        services.restoring.try_again(actor, restoration_id)
        return to_json(services.restoring.view(actor, restoration_id))

    @router.post("/reopening", status_code=201)
    def reopen(request: Request, body: Reopening) -> Any:
        client = visit_of(request).client
        return to_json(
            services.recovery.reopen(login=body.login, code=body.code, password=body.password, client=client)
        )

    @router.post("/family/erasure", status_code=204)
    def erase_family(actor: who, body: Parting) -> Response:
        services.erasure.erase_family(actor, password=body.password)
        return Response(status_code=204)
