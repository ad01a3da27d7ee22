"""The services for programs that put awards here, built together."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.service.core import Tools
from wallet.service.credentials import Credentials
from wallet.service.erasure import Erasure
from wallet.service.hosting.clients import Clients
from wallet.service.hosting.connections import Connections
from wallet.service.hosting.consenting import Consenting
from wallet.service.hosting.serving import Serving
from wallet.service.hosting.tokens import Tokens
from wallet.service.judging import Judging
from wallet.service.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """Everything that pages and APIs may call."""

    clients: Clients
    tokens: Tokens
    consenting: Consenting
    connections: Connections
    serving: Serving


def build_hosting(
    tools: Tools, people: People, credentials: Credentials, judging: Judging, erasure: Erasure
) -> Hosting:
    """The services on these tools."""
    clients, tokens = Clients(tools, erasure), Tokens(tools)
    return Hosting(
        clients=clients,
        tokens=tokens,
        consenting=Consenting(tools, people, clients, tokens),
        connections=Connections(tools, people, credentials, erasure),
        serving=Serving(tools, people, credentials, judging),
    )
