"""Leaving, and arriving with an archive."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from wallet.api.asking import member
from wallet.api.bodies import NewArchive
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
