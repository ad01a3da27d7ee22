"""The code on paper, asked for beside the claim link: a link alone may have been passed on, or opened by a program."""

import hmac
from datetime import timedelta
from typing import Final

from issuer.service import tokens
from issuer.service.claims import Offer
from issuer.service.context import Context
from issuer.store import claims
from kit.errors import BadInput
from kit.i18n import _
from kit.limits import Attempts

WRONG: Final = 10
WINDOW: Final = timedelta(minutes=10)


class ClaimCodes:
    """Asks whether somebody who has a claim link holds its code, too."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wrong = Attempts(context.clock, burst=WRONG, per=WINDOW)

    def check(self, offer: Offer, typed: str) -> None:
        """Return when this is the code of the claim whose link was opened.

        Raises: BadInput; TooMany once it was wrong too often.
        """
        self._wrong.admit(offer.claim_id)
        with self._context.database.reading() as session:
            row = claims.one(session, offer.claim_id)
        code = tokens.read_code(typed)
        if row is None or code is None or not hmac.compare_digest(tokens.token_hash(code), row.code_hash):
            self._wrong.failed(offer.claim_id)
            raise BadInput(
                _("This is not the code of this award."),
                field="code",
                remedy=_("It stands on the paper that you were given: 16 letters and digits in groups of four."),
            )
