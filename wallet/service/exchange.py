"""The wallet's side of a claim: what an offer may say, and what is sent back for it. No network here.

The offer's words come from a server that nobody has judged yet. They are shown as plain text with the server's host
beside
them, and the credential that arrives later is judged on its own. The learner's key for an offer belongs to the pair
(issuer
named, server asked), so that a server that borrows another issuer's name learns nothing about keys used there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kit.errors import BadInput, Conflict, Words
from kit.fetch import Reply
from kit.i18n import Message, _
from kit.intake import InputRefused, parse_link
from kit.settings import LOOPBACK_NAMES
from vc.document import JsonObject
from wallet.service.text import plain

WAITING = "waiting"
"""The notice that a guardian has to say yes, which goes only to a server that says it takes it."""
CODES = "/api/claim-codes"
"""Where a provider's server tells the link of a code."""
_MOST_LINK = 2000
_MOST_DOMAIN = 300
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?"
)
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z\- ]{5,40}")


class ProviderRefused(Conflict):
    """The provider's server did not hand the award out, or handed out something else; says what to do."""

    kind = "provider-refused"
    words = _("The provider did not hand it out")

    def __init__(self, detail: Words, *, kind: str | None = None) -> None:
        super().__init__(detail, field="offer", kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an issuer's server says it will give, and to whom as far as it knows. Nothing here is verified."""

    issuer_id: str
    issuer_name: str
    achievement_id: str
    title: str
    description: str
    meant_for: str
    origin: str
    takes_notice: bool = False

    def to_json(self) -> dict[str, str]:
        """The offer for the sealed column."""
        return {
            "issuerId": self.issuer_id,
            "issuerName": self.issuer_name,
            "achievementId": self.achievement_id,
            "title": self.title,
            "description": self.description,
            "meantFor": self.meant_for,
            "origin": self.origin,
            "takesNotice": "yes" if self.takes_notice else "",
        }

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Offer:
        """The offer from the sealed column."""
        return cls(
            issuer_id=value["issuerId"],
            issuer_name=value["issuerName"],
            achievement_id=value["achievementId"],
            title=value["title"],
            description=value["description"],
            meant_for=value["meantFor"],
            origin=value["origin"],
            takes_notice=value.get("takesNotice") == "yes",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the presentation has to answer."""

    challenge: str
    domain: str


def claim_link(text: str) -> str:
    """The claim link in what somebody pasted. A code from paper is typed at the provider's own page, not here.

    Raises: BadInput when it is no link, with what to do.
    """
    given = text.strip()
    remedy = _("Copy the whole link from the message or the sheet; it starts with https://.")
    if not given:
        raise BadInput(_("There is no link here yet."), field="offer", remedy=remedy)
    if "://" not in given and _CODE.fullmatch(given):
        where = _("Type it where codes are typed, with the web address that is printed with it.")
        raise BadInput(
            _("This is a code. A code alone does not say which provider it belongs to."), field="offer", remedy=where
        )
    if len(given) > _MOST_LINK or len(given.split()) != 1:
        raise BadInput(_("That is not one link."), field="offer", remedy=remedy)
    origin_of(given, field="offer")
    return given.partition("#")[0]


def code_address(code: str, provider: str, *, loopback: bool) -> tuple[str, str]:
    """Where to ask for the link of a code from paper, and the code as it is asked for.

    `provider` is the web address that is printed with it, as somebody typed it. Raises: BadInput.
    """
    typed = code.strip()
    if not _CODE.fullmatch(typed):
        raise BadInput(
            _("This is not a code from a sheet of paper."),
            field="code",
            remedy=_("Look at it again: it has 16 letters and digits in groups of four."),
        )
    try:
        link = parse_link(provider.strip(), loopback=loopback)
    except InputRefused:
        raise BadInput(
            _("A code alone does not say which provider it belongs to."),
            field="provider",
            remedy=_("Type the web address that is printed with the code, such as maple.example."),
        ) from None
    return origin_of(link.address, field="provider") + CODES, typed


def origin_of(link: str, *, field: str) -> str:
    """Scheme, host and port of a web address. Raises: BadInput when it is none."""
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        remedy = _("Copy the whole link from the message or the sheet; it starts with https://.")
        raise BadInput(_("That is not a web address."), field=field, remedy=remedy)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def host_of(domain: str, *, loopback: bool) -> str:
    """The host of an origin that a presentation may be made for: https, or this machine in a demonstration.

    Raises: BadInput for anything else: a proof for no site in particular could be used at any.
    """
    match = _ORIGIN.fullmatch(domain) if len(domain) <= _MOST_DOMAIN else None
    host = match["host"] if match else ""
    local = host in LOOPBACK_NAMES or host == "[::1]"
    if match is None or (local and not loopback) or (match["scheme"] == "http" and not local):
        remedy = _("Send your own origin as domain: https, the host and nothing after it.")
        raise BadInput(_("This cannot be signed for."), field="domain", remedy=remedy)
    return host


def require_challenge(value: str) -> None:
    """Let a challenge pass that an answer can be signed for. Raises: BadInput."""
    least, most = 8, 200
    if not least <= len(value) <= most or any(ord(sign) < 0x21 or ord(sign) == 0x7F for sign in value):
        remedy = _("Send %(least)s to %(most)s signs without spaces.", least=least, most=most)
        raise BadInput(_("This cannot be signed for."), field="challenge", remedy=remedy)


def read_offer(answer: JsonObject, *, link: str) -> tuple[Offer, Request]:
    """The offer and the request in a server's answer to the first post.

    Raises: ProviderRefused when the answer is not an offer, or asks for a proof that would serve somewhere else.
    """
    origin = origin_of(link, field="offer")
    request = answer.get("verifiablePresentationRequest")
    offer = answer.get("offer")
    if not isinstance(request, Mapping) or not isinstance(offer, Mapping):
        raise _not_an_offer()
    challenge, domain = request.get("challenge"), request.get("domain")
    if not isinstance(challenge, str) or not 8 <= len(challenge) <= 200 or not isinstance(domain, str):
        raise _not_an_offer()
    if domain != origin:
        raise ProviderRefused(
            _("The link leads to %(host)s, but asks for a proof for somebody else. Do not use it.", host=origin)
        )
    issuer, achievement = offer.get("issuer"), offer.get("achievement")
    if not isinstance(issuer, Mapping) or not isinstance(achievement, Mapping):
        raise _not_an_offer()
    found = Offer(
        issuer_id=_word(issuer, "id"),
        issuer_name=_word(issuer, "name"),
        achievement_id=_word(achievement, "id", required=False),
        title=_word(achievement, "name"),
        description=_word(achievement, "description", required=False, most=2000),
        meant_for=_word(offer, "for", required=False),
        origin=origin,
        takes_notice=isinstance(notices := offer.get("notices"), Sequence) and WAITING in notices,
    )
    return found, Request(challenge=challenge, domain=domain)


def _word(value: Mapping[str, Any], name: str, *, required: bool = True, most: int = 400) -> str:
    found = value.get(name)
    if isinstance(found, Mapping):
        found = found.get("name") or next(iter(found.values()), None)
    if found is None and not required:
        return ""
    if not isinstance(found, str):
        raise _not_an_offer()
    try:
        return plain(found[:most], field=name, most=most, required=required)
    except BadInput:
        raise _not_an_offer() from None


def _not_an_offer() -> ProviderRefused:
    return ProviderRefused(
        _("The provider's server did not answer with an award. Check the link, or ask for a new one.")
    )


def link_of_code(answer: Reply, address: str) -> str:
    """The claim link in the answer of a server that was asked for one at `address`.

    Raises: BadInput when it knows no such code; ProviderRefused for anything else, also a link of another server.
    """
    if answer.status == 422 and answer.error is None:
        raise BadInput(
            _("The provider knows no award with this code."),
            field="code",
            remedy=_("Look at it again: it has 16 letters and digits in groups of four."),
        )
    try:
        require_ok(answer)
        value = answer.json()
        link = claim_link(str(value["url"])) if isinstance(value, Mapping) and "url" in value else ""
        own = link and origin_of(link, field="code") + CODES == address
    except ProviderRefused as error:
        error.field = "code"
        raise
    except (ValueError, BadInput):
        own, link = False, ""
    if not own:
        refused = ProviderRefused(_("At this address there is no provider who knows codes. Compare it with the paper."))
        refused.field = "code"
        raise refused
    return link


def require_ok(answer: Reply) -> None:
    """Let an answer pass that is one. Raises: ProviderRefused, in our words and the server's."""
    if answer.status == 200 and answer.error is None:
        return
    said = _said(answer)
    words: dict[int, Message] = {
        404: _("The provider knows nothing of this link. Check that it was copied whole, or ask for a new one."),
        409: _("This award was claimed already, with another wallet. If that was not you, tell the provider."),
        410: _("The provider took this offer back, or it has run out. Ask the provider for a new one."),
        429: _("The provider's server asks to wait a little. Try again in a minute."),
    }
    fallback = _("The provider's server did not hand the award out. Nothing is lost: try again in a while.")
    detail = words.get(answer.status, fallback)
    raise ProviderRefused(_("%(words)s (The provider says: “%(said)s”)", words=detail, said=said) if said else detail)


def _said(answer: Reply) -> str:
    """The server's own sentence, as plain text: it comes from a stranger and may be anything."""
    try:
        value = answer.json()
    except ValueError:
        return ""
    detail = value.get("detail") if isinstance(value, dict) else None
    return plain(detail[:300], field="detail", most=300, required=False) if isinstance(detail, str) else ""
