"""Letters: one line to a mail server, over which plain text goes out; or a folder of files where there is no server.

A letter is text without mark-up. Its headers are written by the standard library's policy, which folds and encodes them
and refuses a line break; the envelope is spoken one address at a time, so that *this address was refused* and *the
server does not work* are two things. A password crosses the line only under TLS, and no letter leaves this machine
without it. Left out: attachments, HTML, several receivers, reading mail.

Spec: https://www.rfc-editor.org/rfc/rfc5321 https://www.rfc-editor.org/rfc/rfc8314
"""

from __future__ import annotations

import contextlib
import os
import re
import smtplib
import ssl
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from kit.settings import LOOPBACK_NAMES

SECONDS: Final = 10.0
"""How long a mail server may keep us waiting for one answer."""

UNREACHABLE, TLS, LOGIN, SENDER, FOLDER = "unreachable", "tls", "login", "sender", "folder"
"""What can be wrong with a server as a whole."""

_NAMED: Final = re.compile(r"[A-Za-z0-9._-]{1,100}@[A-Za-z0-9.-]{1,200}")
_BAD_ADDRESS: Final = 553
_NO_TRANSACTION: Final = 421


class MailDown(Exception):  # noqa: N818 - an answer
    """The server as a whole takes no letter now; `problem` is one of the words above. No letter is at fault."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class HungUp(MailDown):
    """The server hung up in the middle of one letter: it may be down, or it may be this letter that it cannot bear."""


class LetterRefused(Exception):  # noqa: N818 - an answer
    """The server did not take one letter. `code` is its reply; `address` whether it was the receiver that it refused,
    `for_good` whether it said never to try again.
    """

    def __init__(self, code: int, *, address: bool, for_good: bool) -> None:
        super().__init__(str(code))
        self.code = code
        self.address = address
        self.for_good = for_good


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter. `number` names it for good (`<uuid>@<domain>`), so that a server can tell a second copy.

    Raises: ValueError for a control character in anything but the text, where lines may end.
    """

    to: str
    sender_name: str
    subject: str
    text: str
    number: str
    at: datetime
    reply_to: str = ""

    def __post_init__(self) -> None:
        for value in (self.to, self.sender_name, self.subject, self.reply_to):
            if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in value):
                raise ValueError("a header of a letter has one line")
        if not _NAMED.fullmatch(self.number):
            raise ValueError("a letter is named like an address")

    def written(self, sender: str) -> bytes:
        """The letter as it goes over the line. Raises: ValueError for an address that cannot be written in a header."""
        message = EmailMessage(policy=SMTP)
        message["From"] = _address(sender, self.sender_name)
        message["To"] = _address(self.to)
        with contextlib.suppress(ValueError):  # answers then go to the sender; the receiver is not at fault
            if self.reply_to:
                message["Reply-To"] = _address(self.reply_to)
        message["Subject"] = self.subject
        message["Date"] = format_datetime(self.at)
        message["Message-ID"] = f"<{self.number}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text, cte="quoted-printable")
        return message.as_bytes()


def _address(spec: str, name: str = "") -> Address:
    """An address for a header. Raises: ValueError for one that cannot stand there, such as ``wren@school..example``."""
    try:
        return Address(display_name=name, addr_spec=spec)
    except HeaderParseError as error:
        raise ValueError("this is no address") from error


class Line(Protocol):
    """A way on which letters go out, one after the other."""

    def send(self, letter: Letter) -> None:
        """Hand one over. Raises: LetterRefused; MailDown, after which the line is of no more use."""
        ...


class Mailer(Protocol):
    """Opens lines."""

    @property
    def domain(self) -> str:
        """What stands behind the @ of a letter's number."""
        ...

    def line(self) -> AbstractContextManager[Line]:
        """A line, for as long as the block. Raises: MailDown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """A mail server at `smtp://[user@]host[:port]` (STARTTLS, which it has to offer) or `smtps://…` (TLS at once).

    Only a server on this machine is spoken to without TLS. Raises: ValueError for another kind of address.
    """

    url: str
    sender: str
    password: str = ""
    authorities: Path | None = None

    def __post_init__(self) -> None:
        check_address(self.url)
        check_sender(self.sender)

    @property
    def domain(self) -> str:
        """The sender's."""
        return self.sender.rpartition("@")[2]

    @contextlib.contextmanager
    def line(self) -> Iterator[Line]:
        """See `Mailer`."""
        server = self._connected()
        try:
            yield _SmtpLine(server, self.sender)
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        secure = ssl.create_default_context()
        if self.authorities is not None:
            secure.load_verify_locations(cafile=self.authorities)
        try:
            if parts.scheme == "smtps":
                server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=secure)
            else:
                server = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
        except ssl.SSLError:
            raise MailDown(TLS) from None
        except (OSError, smtplib.SMTPException):
            raise MailDown(UNREACHABLE) from None
        try:
            self._greet(server, plain_is_fine=parts.scheme == "smtps" or host in LOOPBACK_NAMES, secure=secure)
            if parts.username:
                server.login(unquote(parts.username), self.password)
        except MailDown:
            server.close()
            raise
        except smtplib.SMTPAuthenticationError:
            server.close()
            raise MailDown(LOGIN) from None
        except ssl.SSLError:
            server.close()
            raise MailDown(TLS) from None
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
            server.close()
            raise MailDown(LOGIN if parts.username else UNREACHABLE) from None
        except (OSError, smtplib.SMTPException):
            server.close()
            raise MailDown(UNREACHABLE) from None
        return server

    @staticmethod
    def _greet(server: smtplib.SMTP, *, plain_is_fine: bool, secure: ssl.SSLContext) -> None:
        server.ehlo_or_helo_if_needed()
        if plain_is_fine:
            return
        # RFC 8314, section 3: what asks for TLS must not go on without it when it is missing or fails.
        try:
            if server.starttls(context=secure)[0] != 220:
                raise MailDown(TLS)
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
            raise MailDown(TLS) from None
        server.ehlo_or_helo_if_needed()


class _SmtpLine:
    """One connection."""

    def __init__(self, server: smtplib.SMTP, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """See `Line`."""
        try:
            body = letter.written(self._sender)
            letter.to.encode("ascii")
        except ValueError:
            raise LetterRefused(_BAD_ADDRESS, address=True, for_good=True) from None
        try:
            self._spoken(letter.to, body)
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, address=False) from None
        except smtplib.SMTPServerDisconnected:
            raise HungUp(UNREACHABLE) from None
        except (OSError, smtplib.SMTPException):
            raise MailDown(UNREACHABLE) from None

    def _spoken(self, to: str, body: bytes) -> None:
        code, _said = self._server.mail(self._sender)
        if code != 250:
            self._given_up()
            raise MailDown(UNREACHABLE if code == _NO_TRANSACTION else SENDER)
        code, _said = self._server.rcpt(to)
        if code not in (250, 251):
            self._given_up()
            raise _refusal(code, address=True)
        code, _said = self._server.data(body)
        if code != 250:
            self._given_up()
            raise _refusal(code, address=False)

    def _given_up(self) -> None:
        """Forget the letter that was begun."""
        self._server.rset()


def _refusal(code: int, *, address: bool) -> Exception:
    """What a reply says about one letter; that the server is closing says nothing about it."""
    if code == _NO_TRANSACTION:
        return MailDown(UNREACHABLE)
    return LetterRefused(code, address=address, for_good=500 <= code < 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderMailer:
    """Letters as files `<number>.eml` in a folder that nobody else may read: for a demonstration."""

    folder: Path
    sender: str

    @property
    def domain(self) -> str:
        """The sender's."""
        return self.sender.rpartition("@")[2]

    @contextlib.contextmanager
    def line(self) -> Iterator[Line]:
        """See `Mailer`."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise MailDown(FOLDER) from None
        yield self

    def send(self, letter: Letter) -> None:
        """See `Line`."""
        try:
            body = letter.written(self.sender)
        except ValueError:
            raise LetterRefused(_BAD_ADDRESS, address=True, for_good=True) from None
        path = self.folder / f"{letter.number}.eml"
        try:
            half = path.with_suffix(".part")
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as stream:
                stream.write(body)
            half.replace(path)
        except OSError:
            raise MailDown(FOLDER) from None


def check_address(url: str) -> None:
    """Return when this is the address of a mail server. Raises: ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("give the mail server as smtps://host or smtp://user@host:587")
    if parts.password is not None:
        raise ValueError("the password of the mail server stands in a file of its own, not in its address")
    if parts.query or parts.fragment:
        raise ValueError("nothing may follow the mail server's host and port")
    if parts.port == 0:  # reading it refuses what is no port at all
        raise ValueError("a mail server has no port 0")


def check_sender(sender: str) -> None:
    """Return when this can stand as the sender. Raises: ValueError."""
    if not _NAMED.fullmatch(sender) or not sender.isascii():
        raise ValueError("give the sender as a plain address such as awards@school.example")
    Address(addr_spec=sender)
