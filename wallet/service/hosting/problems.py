"""What can be wrong when a program asks: by the words of OAuth, and by those of the API.

Spec: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
Spec: https://www.imsglobal.org/spec/ob/v3p0#imsx_statusinfo
"""

from __future__ import annotations

from kit.errors import RequestError, Words
from kit.i18n import _


class OAuthRefused(RequestError):  # noqa: N818 - an answer, not a defect
    """Something was asked for that is not given; `kind` is OAuth's own word for it."""

    status = 400
    words = _("That is not given")

    def __init__(self, kind: str, detail: Words) -> None:
        super().__init__(detail, kind=kind)


class UnknownClient(RequestError):  # noqa: N818 - an answer, not a defect
    """A program is not who it says it is."""

    status = 401
    kind = "invalid_client"
    words = _("This program is not known")

    @property
    def headers(self) -> dict[str, str]:
        """How a program says who it is."""
        return {"WWW-Authenticate": 'Basic realm="oauth", charset="UTF-8"'}


class NoToken(RequestError):  # noqa: N818 - an answer, not a defect
    """Nobody gave leave, or it ran out, or somebody ended it: the same words."""

    status = 401
    kind = "unauthorizedrequest"
    words = _("No leave")

    def __init__(self) -> None:
        super().__init__(_("The access token is missing, has run out, or was ended. Ask for leave anew."))

    @property
    def headers(self) -> dict[str, str]:
        """How a program shows its token."""
        return {"WWW-Authenticate": 'Bearer realm="wallet", error="invalid_token"'}


class NotGranted(RequestError):  # noqa: N818 - an answer, not a defect
    """There is leave, but not for this."""

    status = 403
    kind = "forbidden"
    words = _("Not allowed")


class WrongQuery(RequestError):  # noqa: N818 - an answer, not a defect
    """A parameter of an address is not what it can be."""

    status = 400
    kind = "invalid_query_parameter"
    words = _("A parameter cannot be used")


class WrongData(RequestError):  # noqa: N818 - an answer, not a defect
    """What was sent is not what is taken here."""

    status = 400
    kind = "invalid_data"
    words = _("This is not taken here")
