"""The registrar's one page, which promises nothing that it does not do."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kit.web import Pages
from registrar.service import abilities


def registrar_pages(*, pages: Pages) -> APIRouter:
    """The start page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/", name="home")
    def home(request: Request) -> Response:
        return pages.render(request, "home.html", abilities=abilities())

    return router
