"""What is handed over for programs: the certificate of an award; links and codes that nobody has used."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.desk import Number, Size
from issuer.api.sheets import Saying
from kit.paging import window
from kit.web.visit import visit_of


def handing_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}``."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["handing over"])

    @router.get("/credentials/{credential_id}/certificate")
    def certificate(
        *, request: Request, services: All, desk: At, say: Saying, credential_id: str, paper: str = ""
    ) -> Response:
        language = visit_of(request).language
        body = services.certificates.make(desk, credential_id, say=say, language=language, paper=paper)
        return Response(body, media_type="application/pdf")

    @router.get("/codes")
    def codes(
        *,
        services: All,
        desk: At,
        credential: Annotated[tuple[str, ...], Query()] = (),
        state: str = "",
        achievement: str = "",
        q: str = "",
        job: str = "",
        page: Number = None,
        size: Size = None,
    ) -> Response:
        found = services.credentials.to_hand_out(
            desk,
            window(page=page, size=size),
            job=job,
            chosen=credential,
            state=state,
            achievement=achievement,
            words=q,
        )
        return shapes.listed(
            found,
            lambda item: {
                "credential": item[0].id,
                "learnerName": item[0].learner_name,
                "claim": shapes.claim(item[1]) if item[1] is not None else None,
            },
        )

    return router
