"""Checking what was just signed the way a stranger would, before anybody gets it.

The evidence is our own: the identifier document and the status lists exactly as they are served. A check that fails or
could not be made stops the release; a caution (a credential that is issued after its own end) does not.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from issuer.service.context import Organisation
from issuer.service.organisations import Published
from issuer.settings import IssuerSettings
from kit.errors import Unavailable
from kit.i18n import _
from vc import verify
from vc.checks import Outcome
from vc.did import Did
from vc.did import web as did_web
from vc.document import CREDENTIAL_LIMITS, parse
from vc.evidence import Evidence, Resource
from vc.policy import Policy
from vc.problems import Url

_GOOD: Final = frozenset({Outcome.PASSED, Outcome.CAUTION, Outcome.NOT_APPLICABLE})


def check_signed(
    body: bytes,
    *,
    organisation: Organisation,
    identifier_document: bytes,
    lists: Mapping[str, Published],
    now: datetime,
    settings: IssuerSettings,
) -> None:
    """Return when the signed bytes verify.

    Raises: ProblemError, the first problem found; Unavailable when a check could not be made.
    """
    address = did_web.url(Did.parse(organisation.did), loopback=settings.loopback)
    resources = {address: _resource(address, identifier_document, "application/did+json", now)}
    for url, published in lists.items():
        resources[Url(url)] = _resource(Url(url), published.body, "application/vc", now)
    report = verify(
        parse(body, limits=CREDENTIAL_LIMITS),
        evidence=Evidence(resources),
        policy=Policy.recommended(
            recognised=(),
            loopback=settings.loopback,
            require_holder_binding=False,
            challenge=None,
            domain=None,
        ),
        now=now,
    )
    bad = [check for check in report.checks if check.outcome not in _GOOD]
    if bad or not report.checks:
        names = ", ".join(check.name for check in bad)
        raise Unavailable(
            _("What was signed did not pass our own check (%(names)s), so it was not released.", names=names)
        )


def _resource(url: Url, body: bytes, media_type: str, now: datetime) -> Resource:
    return Resource(url=url, body=body, media_type=media_type, retrieved=now)
