"""The provider's side of "please confirm": whoever has the link of such a share answers it once.

A yes is a claim link of the award that the provider issued, from whatever program issues it: it is kept only when
the family opens it, and judged then like every offer. A no is a few words. Nothing that is answered here counts as the
provider's word: only a signed award does.
"""

from __future__ import annotations

from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from wallet import store
from wallet.service.admitting import Gate, parse_link
from wallet.service.asks import ANSWERED, CONFIRMATION, REFUSED
from wallet.service.core import Tools
from wallet.service.exchange import claim_link
from wallet.service.text import plain

SAID_LENGTH = 500


class Confirming:
    """Takes providers' answers."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._gate = Gate(tools)

    def confirm(self, token: str, offer: str, *, said: str, reader: str, passcode: str = "") -> None:
        """Answer with the claim link of an award.

        Raises: BadInput for what is no link; Conflict when it was answered already; NotFound, Gone and PasscodeWanted
        as for every reader.
        """
        link = claim_link(offer)
        if not self._tools.fetcher.takes(link):
            raise BadInput(
                _("Awards are not fetched from there."),
                field="offer",
                remedy=_("Use the claim link of the award; it starts with https://."),
            )
        self._answer(token, ANSWERED, {"link": link, "said": said}, reader=reader, passcode=passcode)

    def decline(self, token: str, *, said: str, reader: str, passcode: str = "") -> None:
        """Say no, in a few words. Raises: as `confirm`."""
        self._answer(token, REFUSED, {"said": said}, reader=reader, passcode=passcode)

    def _answer(self, token: str, state: str, told: dict[str, str], *, reader: str, passcode: str) -> None:
        told = {**told, "said": plain(told["said"], field="said", most=SAID_LENGTH, required=False, lines=True)}
        link = parse_link(token)
        self._gate.admit(link, passcode)
        with self._tools.database.session() as session:
            found = self._gate.open(session, link, kind="answer", reader=reader)
            row = store.asked.of_share(session, found.row.id)
            if row is None or row.kind != CONFIRMATION:
                raise NotFound(_("Nothing is asked with this link."))
            if not store.asked.move(session, row.id, state=state, at=self._tools.clock.now()):
                raise Conflict(_("This was answered already. The family sees the first answer."))
            found.learner.seal(row, found.learner.open(row) | told)
