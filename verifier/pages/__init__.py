"""The verifier's pages: checking, the verdict, and the list of recognised issuers."""

from fastapi import APIRouter

from kit.web import Pages
from verifier.pages.checking import checking_pages
from verifier.pages.recognised import recognised_pages
from verifier.service.judging import Judging
from verifier.service.recognition import Recognition
from verifier.settings import VerifierSettings


def verifier_pages(
    *, judging: Judging, recognition: Recognition, pages: Pages, settings: VerifierSettings
) -> APIRouter:
    """Every page of the verifier, but those about accounts."""
    router = APIRouter(include_in_schema=False)
    router.include_router(checking_pages(judging=judging, pages=pages, settings=settings))
    router.include_router(recognised_pages(recognition=recognition, pages=pages))
    return router
