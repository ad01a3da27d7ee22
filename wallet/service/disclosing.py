"""From a credential that was issued for selective disclosure to the part of it that a family shows."""

from __future__ import annotations

from collections.abc import Sequence

from vc import derive_proof, is_base_proof, reveal_all
from vc.disclosure import completed
from vc.document import JsonObject, listed, serialize
from vc.securing import open_document
from wallet.service.arriving import BASE, Original
from wallet.service.judging import Judging


def received(data: bytes) -> tuple[bytes, Original | None]:
    """What a provider handed out for a learner, as it may be shown; and the original, where it is for the family alone.

    From an original every part can be shown, whoever has it. So what is kept, and shared, is the award with everything
    shown, and the original lies beside it as the file in which it came. Nothing is verified here.
    Raises: ProblemError when the bytes hold nothing, or a base proof that does not belong to them.
    """
    document = open_document(data).value
    if not any(is_base_proof(proof) for proof in listed(document.get("proof"))):
        return data, None
    return serialize(reveal_all(document)), Original(data=data, media_type=BASE)


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
