"""Letters: what goes over the line, what a refusal is of, and that nothing crosses it in the clear."""

import ssl
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from kit import mail
from kit.mail import FolderMailer, Letter, LetterRefused, MailDown, SmtpMailer
from satchel.demo import certificate
from tests.mail_server import MailServer

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SENDER = "awards@maple.example.org"


def letter(**changed):
    given = {
        "to": "wren@family.example.org",
        "sender_name": "Maple Co-op",
        "subject": "An award",
        "text": "Zoë,\n.\nkeep it: http://localhost:8001/claim/x\n",
        "number": "6f1c@maple.example.org",
        "at": AT,
        "reply_to": "office@maple.example.org",
    }
    return Letter(**{**given, **changed})


def sent(server, each, **settings):
    with SmtpMailer(url=server.url, sender=SENDER, **settings).line() as line:
        line.send(each)


def test_a_letter_arrives_whole():
    with MailServer() as server:
        sent(server, letter())
        found = server.read()
        assert server.receivers == ["wren@family.example.org"]
    assert found["From"] == f"Maple Co-op <{SENDER}>"
    assert found["Reply-To"] == "office@maple.example.org"
    assert found["Message-ID"] == "<6f1c@maple.example.org>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert found.get_content_type() == "text/plain"
    assert found.get_content().replace("\r\n", "\n") == "Zoë,\n.\nkeep it: http://localhost:8001/claim/x\n"


@pytest.mark.parametrize("field", ["to", "sender_name", "subject", "reply_to"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x00", "\x85"])
def test_M14_a_header_has_one_line(field, end):
    with pytest.raises(ValueError, match="one line"):
        letter(**{field: f"a{end}Bcc: everybody@example.org"})


def test_M14_names_stay_names_in_a_header():
    names = ['Zoë "the" <b@example.org>, c@example.org', "=?utf-8?q?x?=, <d@example.org>", "学校 " * 60, "a;b:c(d)\\"]
    for name in names:
        found = message_from_bytes(letter(sender_name=name, subject=name).written(SENDER), policy=default)
        assert [each.addr_spec for each in found["From"].addresses] == [SENDER]
        assert found["To"] == "wren@family.example.org"
        assert set(found.keys()) == {
            "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
            "Content-Type", "Content-Transfer-Encoding",
        }  # fmt: skip


@pytest.mark.parametrize("number", ["", "x", "a@b>\r\nBcc: c@d", "../../etc/x@y", "a b@c"])
def test_a_letter_is_named_like_an_address(number):
    with pytest.raises(ValueError, match="named"):
        letter(number=number)


def test_what_is_refused_of_one_letter_leaves_the_line_open():
    with MailServer() as server, SmtpMailer(url=server.url, sender=SENDER).line() as line:
        server.refuses = {"gone@example.org": 550, "full@example.org": 452}
        found = {}
        for address in ("gone@example.org", "full@example.org", "zoë@example.org", "a..b@example.org"):
            with pytest.raises(LetterRefused) as refused:
                line.send(letter(to=address))
            found[address] = (refused.value.code, refused.value.address, refused.value.for_good)
        server.data_code = 554
        with pytest.raises(LetterRefused) as refused:
            line.send(letter())
        found["data"] = (refused.value.code, refused.value.address, refused.value.for_good)
        server.data_code = 250
        line.send(letter())
        assert server.receivers == ["wren@family.example.org"]
        assert server.lines == 1
    assert found == {
        "gone@example.org": (550, True, True),
        "full@example.org": (452, True, False),
        "zoë@example.org": (553, True, True),
        "a..b@example.org": (553, True, True),
        "data": (554, False, True),
    }


def test_what_concerns_the_server_is_no_letters_fault():
    with MailServer() as server:
        server.sender_code = 550
        with pytest.raises(MailDown, match="sender"):
            sent(server, letter())
        server.sender_code = 421
        with pytest.raises(MailDown, match="unreachable"):
            sent(server, letter())
        server.sender_code = 250
        server.refuses = {"wren@family.example.org": 421}
        with pytest.raises(MailDown, match="unreachable"):
            sent(server, letter())
        server.password_is_right = False
        away = server.url
        with pytest.raises(MailDown, match="login"):
            SmtpMailer(url=away.replace("//", "//ada@"), sender=SENDER, password="x").line().__enter__()
    with pytest.raises(MailDown, match="unreachable"):
        SmtpMailer(url=away, sender=SENDER).line().__enter__()


def test_no_letter_leaves_this_machine_in_the_clear(monkeypatch, tmp_path):
    monkeypatch.setattr(mail, "LOOPBACK_NAMES", frozenset())  # as if the server were elsewhere
    with MailServer() as server, pytest.raises(MailDown, match="tls"):
        sent(server, letter())
    files = certificate.ensure(tmp_path, address="127.0.0.1", now=datetime.now(UTC))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files.chain, files.key)
    with MailServer(tls=tls) as server:
        with pytest.raises(MailDown, match="tls"):
            sent(server, letter())  # nobody vouches for that certificate
        assert server.letters == []
        sent(server, letter(), authorities=files.authority)
        assert (len(server.letters), server.secured) == (1, 1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://ada:secret@mail.example.org",
        "smtp://mail.example.org/inbox",
        "smtp://mail.example.org?x=1",
        "smtp://mail.example.org:0",
        "smtp://mail.example.org:99999",
    ],
)
def test_what_is_no_mail_server_is_refused_at_the_start(url):
    with pytest.raises(ValueError, match=r"\w"):
        SmtpMailer(url=url, sender=SENDER)


@pytest.mark.parametrize("sender", ["", "ada", "Ada <a@example.org>", "a@b\r\nBcc: c@d", "ä@example.org"])
def test_what_is_no_sender_is_refused_at_the_start(sender):
    with pytest.raises(ValueError, match=r"\w"):
        SmtpMailer(url="smtp://localhost", sender=sender)


def test_a_folder_takes_letters_as_files_that_nobody_else_reads(tmp_path):
    folder = tmp_path / "mail"
    with FolderMailer(folder=folder, sender="awards@localhost").line() as line:
        line.send(letter())
        line.send(letter())
        for unwritable in ("a..b@example.org", "kid@.example.org", "kid@example..org", "kid@example.org."):
            with pytest.raises(LetterRefused) as refused:
                line.send(letter(to=unwritable))
            assert (refused.value.address, refused.value.for_good) == (True, True)
    (path,) = folder.iterdir()
    assert path.name == "6f1c@maple.example.org.eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert message_from_bytes(path.read_bytes(), policy=default)["To"] == "wren@family.example.org"


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(MailDown, match="folder"):
        FolderMailer(folder=tmp_path / "mail", sender="awards@localhost").line().__enter__()


@pytest.mark.parametrize(
    "wrong", ["wren@school..example", "wren@.example.org", "wren..h@school.example", "@school.example"]
)
def test_an_address_that_is_none_is_one_letters_fault_and_holds_up_no_other(tmp_path, wrong):
    with FolderMailer(folder=tmp_path, sender=SENDER).line() as line:
        with pytest.raises(LetterRefused) as refused:
            line.send(letter(to=wrong))
        line.send(letter())
    assert (refused.value.address, refused.value.for_good) == (True, True)


def test_where_answers_would_go_is_left_out_when_it_is_no_address():
    found = message_from_bytes(letter(reply_to="office@maple..example").written(SENDER), policy=default)
    assert (found["Reply-To"], found["To"]) == (None, "wren@family.example.org")
