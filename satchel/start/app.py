"""The start page's app: one page, one picture for phones, one certificate to install. Nobody signs in here and nothing
is kept.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from pydantic_settings import SettingsConfigDict
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kit import qr
from kit.clock import SystemClock
from kit.errors import NotFound, Unavailable
from kit.health import Health
from kit.i18n import _
from kit.quilt import block_svg
from kit.settings import RoleSettings
from kit.web import Pages, build_app
from satchel.demo import logins, state

ROLE: Final = "satchel.start"
AUTHORITY: Final = Path("certificate", "authority.pem")


class StartSettings(RoleSettings):
    """What the demo tells its start page; `data_dir` is the whole demo's folder."""

    model_config = SettingsConfigDict(env_prefix="SATCHEL_START_", extra="ignore", frozen=True)


def create_app(settings: StartSettings) -> FastAPI:
    """Put the start page together."""
    pages = Pages(role=ROLE, settings=settings, clock=SystemClock(), globals={"qr_svg": qr.svg, "block_svg": block_svg})
    router = APIRouter(include_in_schema=False)

    @router.get("/", name="start")
    def start(request: Request) -> Response:
        return pages.render(
            request,
            "start.html",
            story=read_story(settings.data_dir),
            logins=logins,
            as_of=read_day(settings.data_dir),
            room=settings.public_url if settings.secure else None,
            has_authority=(settings.data_dir / AUTHORITY).exists(),
        )

    @router.get("/authority.pem", name="authority")
    def authority() -> Response:
        path = settings.data_dir / AUTHORITY
        if not path.exists():
            raise NotFound
        return FileResponse(path, media_type="application/x-x509-ca-cert", filename="satchel-demo.pem")

    return build_app(
        role=ROLE,
        settings=settings,
        pages=pages,
        routers=[router],
        secret=secrets.token_bytes(32),
        health=Health(role=ROLE, checks={"folder": lambda: _require(settings.data_dir)}),
        find_account=None,
    )


def read_story(data_dir: Path) -> Mapping[str, Any]:
    """Give the addresses of the five steps. Raises: Unavailable while the sample is still being made."""
    story = _content(data_dir).get("story")
    if not isinstance(story, dict) or not story:
        raise Unavailable(_("The sample is still being made. Wait a few seconds, then load this page again."))
    return story


def read_day(data_dir: Path) -> date:
    """Give the day on which the sample was made. Raises: Unavailable."""
    return date.fromisoformat(str(_content(data_dir)["asOf"]))


def _content(data_dir: Path) -> dict[str, Any]:
    try:
        content = json.loads((data_dir / state.FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise Unavailable(_("The sample is still being made. Wait a few seconds, then load this page again."))
    return content


def _require(folder: Path) -> None:
    if not folder.is_dir():
        raise RuntimeError("the demo's folder is not there")
