"""Pages from templates: Jinja with escaping on and no undefined names, in the reader's language.

A role's templates come first, then the kit's. Every template and every macro, imported with or without its context,
may use: `_` and `ngettext`, `lang()`, `in_language(code)` around a call block, `date_long`, `date_time`, `number`,
`relative`, `zone_name()`, `static_url`, `csrf_field()`, `csrf_token()`, `path_for(name, …)`, `current_user()`,
`flashes()`, `peers`, `public_url`, `role`, `languages`, `reference()`, `current_path()`, `block_svg(…)`. The context of
a page also holds `request`, `user` and `lang_code`.
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Callable, Generator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from kit import i18n, zones
from kit.clock import Clock
from kit.i18n import Catalogues, Message
from kit.quilt import block_svg, quilt_svgs
from kit.settings import RoleSettings
from kit.web.assets import Assets
from kit.web.csrf import csrf_token
from kit.web.visit import Visit, visit_of

_request: ContextVar[Request] = ContextVar("satchel_rendering")
_part: ContextVar[str | None] = ContextVar("satchel_part_language", default=None)
_zone: ContextVar[tzinfo] = ContextVar("satchel_zone", default=UTC)


class Pages:
    """A role's pages. `globals` adds names to every template (drawings, words for verdicts).

    `zone_of` says from the context of a page in which time zone its days and hours are written; without it, UTC.
    """

    def __init__(
        self,
        *,
        role: str,
        settings: RoleSettings,
        clock: Clock,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - Jinja's own word
        sign_in_path: str = "/sign-in",
        zone_of: Callable[[Mapping[str, Any]], tzinfo] | None = None,
    ) -> None:
        self.role = role
        self.settings = settings
        self.clock = clock
        self.sign_in_path = sign_in_path
        self._zone_of = zone_of
        folders = [package_folder(role), package_folder("kit")]
        self.catalogues = Catalogues.load(folder / "locale" for folder in reversed(folders))
        self.assets = Assets(folder / "static" for folder in reversed(folders))
        self.environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder / "templates") for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=self._finalize,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(self._globals())
        self.environment.globals.update(globals or {})

    def render(self, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """The page made of `template` and `context`. For sync endpoints: it may ask the database who is here."""
        return HTMLResponse(self.text(request, template, **context), status_code=status)

    def text(self, request: Request, template: str, **context: Any) -> str:
        """What `render` would send, as text: for a part of a page or a printed sheet."""
        zone = UTC if self._zone_of is None else self._zone_of(context)
        with rendering(request), in_zone(zone):
            visit = visit_of(request)
            known = {"request": request, "lang_code": visit.language, "user": visit.account(), **context}
            return self.environment.get_template(template).render(known)

    def say(self, request: Request, message: str | Message) -> str:
        """`message` in the visit's language, as plain text."""
        return self.catalogues.say(visit_of(request).language, message)

    def _finalize(self, value: Any) -> Any:
        return self._translate(value) if isinstance(value, Message) else value

    def _translate(self, message: str | Message, /, **parameters: Any) -> Any:
        """Escape what varies, never the sentence: sentences are ours, on both sides of the translation."""
        if isinstance(message, str):
            message = i18n._(message, **parameters)
        language = _language()
        values = {
            name: self._translate(value) if isinstance(value, Message) else value for name, value in message.parameters
        }
        text = Markup(self.catalogues.text(language, message))  # noqa: S704 - see above
        return text % values if values else text

    def _plural(self, singular: str, plural: str, count: int, /, **parameters: Any) -> Any:
        return self._translate(i18n.ngettext(singular, plural, count, **parameters))

    def _globals(self) -> dict[str, Any]:
        return {
            "_": self._translate,
            "ngettext": self._plural,
            "lang": _language,
            "in_language": in_language,
            "languages": i18n.LANGUAGES,
            "date_long": lambda day: i18n.date_long(day, _language(), _zone.get()),
            "date_time": lambda instant: i18n.date_time(instant, _language(), _zone.get()),
            "number": lambda value: i18n.number(value, _language()),
            "relative": self._relative,
            "zone_name": lambda: zones.place(_zone.get()),
            "now": self.clock.now,
            "static_url": self.assets.url,
            "csrf_token": lambda: csrf_token(_visit()),
            "csrf_field": _csrf_field,
            "path_for": _path_for,
            "current_user": lambda: _visit().account(),
            "current_path": lambda: _request.get().url.path,
            "language_url": _language_url,
            "flashes": lambda: _visit().take_flashes(),
            "reference": lambda: _visit().reference,
            "block_svg": block_svg,
            "quilt_svgs": quilt_svgs,
            "peers": self.settings.peers,
            "public_url": self.settings.public_url,
            "role": self.role,
        }

    def _relative(self, then: datetime) -> str:
        return i18n.relative(then, self.clock.now(), _language())


def see_other(url: str) -> RedirectResponse:
    """Send the browser to `url` after a POST (303), so that reloading repeats nothing. For addresses of our own."""
    return RedirectResponse(url, status_code=303)


def package_folder(name: str) -> Path:
    """Where the package `name` lies. Raises: ValueError when there is none."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"there is no package {name}")
    return Path(next(iter(spec.submodule_search_locations)))


@contextlib.contextmanager
def rendering(request: Request) -> Generator[None]:
    """Make `request` the one that template globals speak of."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextlib.contextmanager
def in_zone(zone: tzinfo) -> Generator[None]:
    """Write days and hours in this time zone."""
    token = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(token)


def in_language(code: str, *, caller: Callable[[], str]) -> str:
    """Say what stands in a call block in another language, or in the reader's when `code` is empty.

    `{% call in_language("es") %}…{% endcall %}` is for a part that somebody else than the reader of the page is going
    to read. Mark its element with `lang`.
    """
    token = _part.set(code or None)
    try:
        return caller()
    finally:
        _part.reset(token)


def _visit() -> Visit:
    return visit_of(_request.get())


def _language() -> str:
    part = _part.get()
    if part is not None:
        return part
    request = _request.get(None)
    return visit_of(request).language if request is not None else i18n.DEFAULT_LANGUAGE


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(csrf_token(_visit()))


def _path_for(name: str, /, **parameters: Any) -> str:
    return str(_request.get().app.url_path_for(name, **parameters))


def _language_url(code: str) -> str:
    request = _request.get()
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', code)])}"


def saying(request: Request) -> Callable[[str | Message], str]:
    """What says sentences in the visit's language, as plain text."""
    pages: Pages = request.app.state.pages
    return partial(pages.say, request)
