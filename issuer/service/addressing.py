"""Whether what is going to be signed names this server's present address, which may have changed since it was frozen.

A status list counts only at the address that it names itself, so what names a list elsewhere could never be found good.
"""

from collections.abc import Iterable

from kit.errors import Unavailable
from kit.i18n import _


class AddressChanged(Unavailable):
    """It was frozen under another address of this server: it waits until somebody at the desk says what becomes of it.

    ``retry_after`` is a minute: a person has to act first.
    """

    kind = "address-changed"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This server’s address changed before this was signed. Somebody who awards here can make it anew, or "
                "leave it out: the desk says so."
            ),
            retry_after=60,
        )


def is_named(unsigned: bytes, list_urls: Iterable[str]) -> bool:
    """Whether a document (as ``vc.document.serialize`` wrote it) names each of these status lists."""
    return all(f'"{url}"'.encode() in unsigned for url in list_urls)
