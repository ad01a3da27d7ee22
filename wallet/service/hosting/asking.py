"""What a program asks for when it sends somebody here, read strictly.

Whoever sends people to an address that is not the client's, or for a client that there is none of, is told so here and
nowhere else. What else is wrong is shown with the way back, and nobody is sent there by themself: anybody can register,
and a link of ours must not lead anywhere without a press (RFC 9700, section 4.11.2).

Spec: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
Spec: https://www.rfc-editor.org/rfc/rfc7636
Spec: https://www.rfc-editor.org/rfc/rfc9207
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from kit.errors import BadInput, RequestError
from kit.i18n import Message, _
from wallet.service.hosting.apis import known
from wallet.service.hosting.clients import ClientView

PARAMETERS: Final = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
)  # fmt: skip
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_STATE: Final = re.compile(r"[\x20-\x7e]{1,500}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way back to a client: where to, with what it gave to know the answer by, and what it proves itself with."""

    redirect_uri: str
    state: str
    challenge: str

    def to_json(self) -> dict[str, Any]:
        """For the keystore."""
        return {"redirectUri": self.redirect_uri, "state": self.state, "challenge": self.challenge}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """From the keystore."""
        return cls(redirect_uri=value["redirectUri"], state=value["state"], challenge=value["challenge"])

    def back(self, *, iss: str, **answer: str) -> str:
        """The client's address with an answer."""
        return _with(self.redirect_uri, {**answer, "state": self.state, "iss": iss})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A whole request: who asks for what, and the way back. `fields` are its parameters, for the form."""

    client: ClientView
    scopes: tuple[str, ...]
    way: Way
    fields: dict[str, str]


class Misasked(RequestError):  # noqa: N818 - an answer, not a defect
    """A known client asks for something that there is not; `back` tells it so, if somebody goes there."""

    status = 400
    kind = "misasked"
    words = _("The other site asked for something that there is not here")

    def __init__(self, detail: Message, *, client: ClientView, back: str) -> None:
        super().__init__(detail)
        self.client, self.back = client, back


def read_asked(pairs: Sequence[tuple[str, str]], *, find: Callable[[str], ClientView | None], iss: str) -> Asked:
    """A request from its parameters. Raises: BadInput when nobody can be told but whoever is here; Misasked."""
    given = {name: [value for each, value in pairs if each == name] for name in PARAMETERS}
    client = find(given["client_id"][0]) if len(given["client_id"]) == 1 else None
    if client is None:
        raise BadInput(
            _("The site that sent you here is not known to this wallet."),
            field="client_id",
            remedy=_("Go back to it and begin again there."),
        )
    redirect = given["redirect_uri"][0] if len(given["redirect_uri"]) == 1 else ""
    if redirect not in client.redirect_uris:
        raise BadInput(
            _("The site that sent you here wants the answer at an address that is not its own. It gets none."),
            field="redirect_uri",
            remedy=_("Close this page. If you trust that site, tell it."),
        )
    single = {name: values[0] for name, values in given.items() if len(values) == 1}
    state = single.get("state", "")

    def wrong(error: str, words: Message) -> Misasked:
        told = {"error": error, "iss": iss, **({"state": state} if _STATE.fullmatch(state) else {})}
        return Misasked(words, client=client, back=_with(redirect, told))

    if any(len(values) > 1 for values in given.values()) or not _STATE.fullmatch(state):
        raise wrong("invalid_request", _("Its request is not whole. Tell that site."))
    if single.get("response_type") != "code":
        raise wrong("unsupported_response_type", _("It wants an answer of a kind that is not given here."))
    challenge = single.get("code_challenge", "")
    if single.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise wrong("invalid_request", _("It does not protect the answer as it has to (PKCE with S256)."))
    scopes = known(set(single.get("scope", "").split()) & set(client.scopes))
    if not scopes:
        raise wrong("invalid_scope", _("It asks for nothing that it said it would ask for."))
    return Asked(
        client=client,
        scopes=scopes,
        way=Way(redirect_uri=redirect, state=state, challenge=challenge),
        fields=single,
    )


def origin_of(url: str) -> str:
    """Scheme, host and port of a client's address, which was read strictly when it registered."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _with(url: str, more: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(more)}"
