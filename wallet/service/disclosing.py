"""From a credential that was issued for selective disclosure to the part of it that a family shows. Nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence

from vc import derive_proof, reveal_all
from vc.disclosure import completed
from vc.document import JsonObject, serialize
from wallet.service.judging import Judging


class Disclosing:
    """Derives what is shown, from what was issued."""

    def __init__(self, judging: Judging) -> None:
        self._judging = judging

    def derive(self, document: JsonObject, pointers: Sequence[str]) -> JsonObject:
        """The chosen parts, what the issuer made mandatory, and what the data model requires beside them.

        The whole is verified for its holder first: from a forgery nothing is derived. Asks the network.
        Raises: ProblemError for what has no base proof, or no such part; BadInput when it is not genuine; Unavailable.
        """
        whole = self._judging.judge(serialize(reveal_all(document)))
        self._judging.require_derivable(whole)
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        return derive_proof(document, selective_pointers=completed(unsecured, pointers))
