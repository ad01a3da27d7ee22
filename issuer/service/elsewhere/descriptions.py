"""What a host says of itself: its service description, read strictly before anything is sent there.

Everything that it names has to lie at the origin that the person typed. A description that leads elsewhere could have
somebody sign in at an honest host and hand us, or itself, what was meant for that one (G18).

Spec: https://www.imsglobal.org/spec/ob/v3p0#service-discovery
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from kit.errors import BadInput
from kit.fetch.kinds import Kind
from kit.i18n import Message, _
from vc.document import Limits, parse
from vc.problems import ProblemError

PATH: Final = "/ims/ob/v3p0"
UPSERT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.upsert"
OFFLINE: Final = "offline_access"
SERVICE_DESCRIPTION: Final = Kind(
    name="service-description",
    max_bytes=512 * 1024,
    media_types=("application/json", "application/openapi+json", "application/vnd.oai.openapi+json"),
    redirects=0,
    kept=True,
)
_LIMITS: Final = Limits(
    max_bytes=SERVICE_DESCRIPTION.max_bytes, max_depth=48, max_nodes=50_000, max_items=5_000, max_string=64 * 1024
)
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDescription:
    """A host that takes awards: where it is asked for what. ``scope`` is what is asked for there, space between."""

    base_url: str
    name: str
    registration_url: str
    authorization_url: str
    token_url: str
    refresh_url: str
    scope: str


def base_of(typed: str) -> str:
    """The address of a host as people type it, in one spelling: with its scheme, without the API's own path."""
    text = typed.strip()
    if "://" not in text:
        text = f"https://{text}"
    for end in (f"{PATH}/discovery", PATH):
        text = text.rstrip("/").removesuffix(end)
    text = text.rstrip("/")
    scheme, _sep, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"


def read_description(body: bytes, *, base_url: str) -> ServiceDescription:
    """The description that stands at a host. Raises: BadInput, saying what is wrong with the host."""
    try:
        whole = parse(body, limits=_LIMITS).value
    except ProblemError as error:
        raise unfit(_("What it says of itself cannot be read.")) from error
    post = _member(whole, "paths", "/credentials").get("post")
    if not isinstance(post, dict):
        raise unfit(_("It takes no awards from other programs."))
    scheme = _member(whole, "components", "securitySchemes", "OAuth2ACG")
    flow = _member(scheme, "flows", "authorizationCode")
    scopes = flow.get("scopes")
    offered = set(scopes) if isinstance(scopes, dict) else set()
    if UPSERT not in offered:
        raise unfit(_("It takes no awards from other programs."))
    token_url = _place(flow.get("tokenUrl"), base_url)
    title = _member(whole, "info").get("title")
    return ServiceDescription(
        base_url=base_url,
        name=_shown(title) or str(urlsplit(base_url).hostname),
        registration_url=_place(scheme.get("x-imssf-registrationUrl"), base_url),
        authorization_url=_place(flow.get("authorizationUrl"), base_url),
        token_url=token_url,
        refresh_url=_place(flow.get("refreshUrl") or token_url, base_url),
        scope=" ".join([UPSERT, *([OFFLINE] if OFFLINE in offered else [])]),
    )


def unfit(why: Message) -> BadInput:
    """A host that cannot be used, and why."""
    return BadInput(
        _("No award can be sent to this address. %(why)s", why=why),
        field="host",
        remedy=_("Look at the address again, or ask whoever runs that wallet. Nothing was sent."),
    )


def _member(value: Any, *names: str) -> dict[str, Any]:
    """The object at a place inside another one; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _place(given: Any, base_url: str) -> str:
    """An address that the description names: whole, or beginning with a slash, and at the host's own origin."""
    if not isinstance(given, str) or not given.isascii() or not given.isprintable() or len(given) > 2000:
        raise unfit(_("What it says of itself is not complete."))
    text = urljoin(f"{base_url}/", given) if given.startswith("/") and not given.startswith("//") else given
    try:
        same = "://" in text and origin_of(text) == origin_of(base_url)
        parts = urlsplit(text)
    except ValueError:
        same = False
    if not same or parts.username is not None or "#" in text or "\\" in text or " " in text:
        raise unfit(_("It sends people and programs on to another server."))
    return text


def _shown(title: Any) -> str:
    text = title if isinstance(title, str) else ""
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())[:80]
