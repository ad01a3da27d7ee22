"""DID resolution for anybody who asks: what a did:web says is fetched by the guarded fetcher, rarely and within bounds.

Nothing is asked but the identifier's own public document, and nobody is told who wanted it.
"""

from datetime import timedelta
from typing import Final

from kit.clock import Clock
from kit.fetch import Fetcher
from kit.limits import Attempts
from vc.did.resolving import Answer, answer_for
from vc.evidence import Evidence
from vc.policy import RECOMMENDED
from vc.problems import MissingEvidence
from verifier.service.capacity import Capacity

FRESH: Final = timedelta(minutes=1)
"""How old a copy may be that is handed on without asking again: a key that was taken back is gone within it."""
_FETCHES: Final = 2


class Resolving:
    """Resolves identifiers and what their fragments name."""

    def __init__(
        self, *, clock: Clock, fetcher: Fetcher, capacity: Capacity, attempts: Attempts, loopback: bool
    ) -> None:
        self._clock = clock
        self._fetcher = fetcher
        self._capacity = capacity
        self._attempts = attempts
        self._policy = RECOMMENDED(
            recognised=(), loopback=loopback, require_holder_binding=False, challenge=None, domain=None
        )

    def resolve(self, identifier: str, *, accept: str, options: dict[str, str], client: str) -> Answer:
        """The answer to a request for a DID or a DID URL; an identifier that leads nowhere has one, too.

        Raises: TooMany; Unavailable when everybody is busy.

        Spec: https://www.w3.org/TR/did-resolution/#bindings-https
        """
        self._attempts.spend(client)
        with self._capacity.place():
            evidence = Evidence()
            for _fetch in range(_FETCHES):
                try:
                    return self._answer(identifier, accept, options, evidence)
                except MissingEvidence as missing:
                    wanted = {missing.url: missing.wanted} if missing.wanted else None
                    evidence |= self._fetcher.fetch([missing.url], wanted=wanted, reuse_within=FRESH)
            return self._answer(identifier, accept, options, evidence)

    def _answer(self, identifier: str, accept: str, options: dict[str, str], evidence: Evidence) -> Answer:
        return answer_for(identifier, accept=accept, options=options, evidence=evidence, policy=self._policy)
