"""What a host answered to an award, in our words: its own are not shown, since anybody may have written them.

Spec: https://www.imsglobal.org/spec/ob/v3p0#upsertcredential
Spec: https://www.imsglobal.org/spec/ob/v3p0#imsx_statusinfo
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, Final

from kit.fetch.fetcher import Reply
from kit.i18n import Message, _

CREATED, REPLACED, SAME = "created", "replaced", "same"
UNREADABLE, LEAVE, FORBIDDEN, NOWHERE, BUSY, BROKEN, SILENT = (
    "unreadable", "leave", "forbidden", "nowhere", "busy", "broken", "silent",
)  # fmt: skip
WITHDRAWN, UNKNOWN = "withdrawn", "unknown"
ANSWERS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        CREATED: _("It was added there."),
        REPLACED: _("It took the place of an older version there."),
        SAME: _("The same was there already."),
        UNREADABLE: _("It says that it cannot read this award."),
        LEAVE: _("It no longer takes your leave. Start again from here."),
        FORBIDDEN: _("It does not allow this."),
        NOWHERE: _("It has no place for awards at the address that it names."),
        BUSY: _("It is busy just now."),
        BROKEN: _("Something went wrong there."),
        SILENT: _("It did not answer."),
        UNKNOWN: _("It gave an answer that we do not know."),
        WITHDRAWN: _("The award was withdrawn in the meantime, so it was not sent."),
    }
)
TAKEN: Final = frozenset({CREATED, REPLACED, SAME})

_BY_STATUS: Final = {
    0: SILENT, 201: CREATED, 200: REPLACED, 304: SAME, 400: UNREADABLE, 401: LEAVE, 403: FORBIDDEN, 404: NOWHERE,
    405: NOWHERE, 413: UNREADABLE, 415: UNREADABLE, 422: UNREADABLE, 429: BUSY, 503: BUSY,
}  # fmt: skip
_BY_CODE: Final = {
    "forbidden": FORBIDDEN, "not_allowed": FORBIDDEN, "invalid_data": UNREADABLE, "not_acceptable": UNREADABLE,
    "not_found": NOWHERE, "misdirected_request": NOWHERE, "unauthorizedrequest": LEAVE, "server_busy": BUSY,
    "internal_server_error": BROKEN,
}  # fmt: skip
LONGEST_WAIT: Final = timedelta(hours=24)


def answer_of(reply: Reply) -> str:
    """One of ``ANSWERS``: by the status, and where that says little by the code that the body names."""
    known = _BY_STATUS.get(reply.status, BROKEN if reply.status >= 500 else UNKNOWN)
    return known if known in TAKEN or reply.status == 401 else _named(reply) or known


def wait_of(reply: Reply, now: datetime) -> timedelta | None:
    """How long the host asks us to wait: a minute at least, a day at most; None when it does not say."""
    text = reply.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        asked = timedelta(seconds=int(text[:9]))
    else:
        try:
            asked = parsedate_to_datetime(text) - now
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(asked, timedelta(minutes=1)), LONGEST_WAIT)


def _named(reply: Reply) -> str | None:
    try:
        value: Any = reply.json()
        fields = value["imsx_codeMinor"]["imsx_codeMinorField"]
        named = [field["imsx_codeMinorFieldValue"] for field in fields[:10]]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    return next((_BY_CODE[each] for each in named if isinstance(each, str) and each in _BY_CODE), None)
