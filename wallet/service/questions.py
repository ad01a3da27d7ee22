"""What a verifier asks for: its request as it came, read into a question that a person can answer. Pure, no network.

Read is a verifiable presentation request of the VC-API with queries by example. The domain is the origin of one site,
and the answer goes to an address of that very site or nowhere: a request that names another, as one that was copied
from elsewhere would, is refused before anybody sees it. The words in it are a stranger's and are shown as plain text.

Spec: https://w3c-ccg.github.io/vp-request-spec/#query-by-example
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kit.errors import BadInput, Words
from kit.i18n import _
from vc.document import CREDENTIAL_LIMITS, JsonObject, JsonValue, parse
from vc.problems import ProblemError
from wallet.service.exchange import host_of, origin_of, require_challenge
from wallet.service.text import plain

MOST_WANTED, LONGEST_REASON, LONGEST_REQUEST = 10, 400, 60_000
_BY_EXAMPLE: Final = "QueryByExample"
_WHO: Final = frozenset({"DIDAuthentication", "DIDAuth"})
_WAYS: Final = frozenset(
    {
        "UnmediatedHttpPresentationService2021",
        "UnmediatedPresentationService2021",
        "VerifiableCredentialApiExchangeService",
    }
)
_NOT_COMPARED: Final = frozenset({"@context", "proof"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing that is asked for: why, whether it has to be there, what it looks like, and who may have signed it
    (empty: anybody).
    """

    reason: str
    required: bool
    example: JsonObject
    issuers: frozenset[str]

    def fits(self, document: JsonObject) -> bool:
        """Whether a credential is one that is asked for."""
        issuer = document.get("issuer")
        signed_by = issuer.get("id") if isinstance(issuer, Mapping) else issuer
        if self.issuers and signed_by not in self.issuers:
            return False
        return all(
            name in _NOT_COMPARED or _within(wanted, document.get(name)) for name, wanted in self.example.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A verifier's question. `domain` is its origin and `host` that origin's host; the answer is sent to `endpoint`,
    or saved where that is empty. `text` is the request as JSON, to be handed along and read again.
    """

    challenge: str
    domain: str
    host: str
    endpoint: str
    wanted: tuple[Wanted, ...]
    text: str

    @property
    def reason(self) -> str:
        """Why it is asked, in the verifier's words."""
        return " ".join(dict.fromkeys(one.reason for one in self.wanted if one.reason))[:300]


def parse_question(text: str, *, loopback: bool) -> Question:
    """A request that was pasted, scanned from a code or handed along, as JSON.

    Raises: BadInput, with what to do, for what is no request or would be answered to another site than it names.
    """
    if len(text) > LONGEST_REQUEST:
        raise _refused(_("This request is longer than any that is read here."))
    try:
        value = parse(text.encode(), limits=CREDENTIAL_LIMITS).value
    except (ProblemError, UnicodeEncodeError):
        raise _refused(_("That is no request for awards.")) from None
    return read_question(value, link="", loopback=loopback)


def read_question(value: JsonObject, *, link: str, loopback: bool) -> Question:
    """The question in a request; `link` is the address that answered with it, empty for one that was brought.

    Raises: BadInput.
    """
    request = value.get("verifiablePresentationRequest", value)
    if not isinstance(request, Mapping):
        raise _refused(_("That is no request for awards."))
    challenge, domain = request.get("challenge"), request.get("domain")
    if not isinstance(challenge, str) or not isinstance(domain, str):
        raise _refused(_("This request does not say what the answer is to be signed for, so it is not answered."))
    require_challenge(challenge)
    host = host_of(domain, loopback=loopback)
    endpoint = link or _endpoint(request)
    if endpoint and origin_of(endpoint, field="request") != domain:
        raise _refused(
            _(
                "The answer would go to %(place)s, but be signed for %(domain)s. Do not answer it.",
                place=origin_of(endpoint, field="request"),
                domain=domain,
            )
        )
    queries = _queries(request.get("query"))
    carried = {"challenge": challenge, "domain": domain, "query": request.get("query")}
    if endpoint:
        carried["interact"] = {
            "service": [{"type": "UnmediatedHttpPresentationService2021", "serviceEndpoint": endpoint}]
        }
    text = json.dumps(carried, ensure_ascii=False)
    if len(text) > LONGEST_REQUEST:
        raise _refused(_("This request is longer than any that is read here."))
    return Question(challenge=challenge, domain=domain, host=host, endpoint=endpoint, wanted=queries, text=text)


def _endpoint(request: JsonObject) -> str:
    interact = request.get("interact")
    services = _listed(interact.get("service")) if isinstance(interact, Mapping) else []
    for service in services:
        if isinstance(service, Mapping) and service.get("type") in _WAYS:
            found = service.get("serviceEndpoint")
            if not isinstance(found, str):
                raise _refused(_("This request does not say where the answer goes."))
            return found
    return ""


def _queries(value: JsonValue) -> tuple[Wanted, ...]:
    found: list[Wanted] = []
    for query in _listed(value):
        kind = query.get("type") if isinstance(query, Mapping) else None
        if not isinstance(query, Mapping) or kind not in {_BY_EXAMPLE, *_WHO}:
            raise _refused(_("This request asks in a way that is not read here."))
        if kind == _BY_EXAMPLE:
            found.extend(_wanted(one) for one in _listed(query.get("credentialQuery")))
    if not found:
        raise _refused(_("This request asks for no award, so there is nothing to choose."))
    if len(found) > MOST_WANTED:
        raise _refused(_("This request asks for more than can be looked through."))
    return tuple(found)


def _wanted(value: JsonValue) -> Wanted:
    example = value.get("example") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(example, Mapping):
        raise _refused(_("This request asks in a way that is not read here."))
    issuers = [_issuer(one) for one in _listed(value.get("trustedIssuer"))]
    reason = value.get("reason")
    said = reason if isinstance(reason, str) else ""
    return Wanted(
        reason=plain(said[:LONGEST_REASON], field="request", most=LONGEST_REASON, required=False),
        required=value.get("required") is not False,
        example=example,
        issuers=frozenset(issuers),
    )


def _issuer(value: JsonValue) -> str:
    found = (value.get("id") or value.get("issuer")) if isinstance(value, Mapping) else value
    if not isinstance(found, str):
        raise _refused(_("This request asks in a way that is not read here."))
    return found


def _within(wanted: JsonValue, found: JsonValue) -> bool:
    """Whether everything of the example is there: members of objects, elements of lists, and an empty text for any."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_within(one, found.get(name)) for name, one in wanted.items())
    if isinstance(wanted, list | tuple):
        return all(any(_within(one, other) for other in _listed(found)) for one in wanted)
    if wanted == "" and found is not None:
        return True
    return found is not None and any(wanted == other for other in _listed(found))


def _listed(value: JsonValue) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]


def _refused(words: Words) -> BadInput:
    remedy = _("Ask whoever sent it for another, or share a link with them instead.")
    return BadInput(words, field="request", remedy=remedy)
