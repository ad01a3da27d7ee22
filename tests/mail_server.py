"""A mail server on this machine, for tests: takes letters as fast as they come, and refuses what it is told to refuse."""

import socketserver
import ssl
import threading
from email import message_from_bytes
from email.policy import default

HANGS_UP = -1
"""In the place of a reply code: the server says nothing and is gone."""


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):  # noqa: PLR0912 - one branch a word
        self.server.lines += 1
        self.say(220, "ready")
        sender, receivers = None, []
        while line := self.rfile.readline(4096):
            word, _, rest = line.decode("ascii").strip().partition(" ")
            word = word.upper()
            if word in {"EHLO", "HELO"}:
                more = ["STARTTLS"] if self.server.tls else []
                said = ["stub", *more, "AUTH PLAIN LOGIN"]
                text = "".join(f"250-{each}\r\n" for each in said[:-1]) + f"250 {said[-1]}\r\n"
                self.wfile.write(text.encode())
            elif word == "STARTTLS":
                self.say(220, "go on")
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
                self.server.secured += 1
            elif word == "AUTH":
                self.say(*((235, "welcome") if self.server.password_is_right else (535, "no")))
            elif word == "MAIL":
                code = self.server.sender_code
                self.say(code, "sender")
                if code == 421:
                    return
                sender = rest
            elif word == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                code = self.server.refuses.get(address, 250)
                code = code.pop(0) if isinstance(code, list) and code else code or 250
                if code == HANGS_UP:
                    return
                if code == 250:
                    receivers.append(address)
                self.say(code, "receiver")
                if code == 421:
                    return
            elif word == "DATA":
                self.say(354, "end with a dot")
                body = b""
                while (text := self.rfile.readline(4096)) not in (b".\r\n", b""):
                    body += text.removeprefix(b".") if text.startswith(b"..") else text
                code = self.server.data_code
                if code == 250:
                    with self.server.lock:
                        self.server.letters += [(sender, list(receivers), body)]
                self.say(code, "data")
                receivers = []
            elif word == "RSET":
                receivers = []
                self.say(250, "forgotten")
            elif word == "QUIT":
                self.say(221, "bye")
                return
            else:
                self.say(502, "what?")

    def finish(self):
        super().finish()
        self.request.close()

    def say(self, code, words):
        self.wfile.write(f"{code} {words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1 for as long as the block. ``refuses`` maps addresses to reply codes (or to
    a list of them, one for each time); ``letters`` is what arrived: sender, receivers, bytes.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, tls=None):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters, self.refuses = [], {}
        self.sender_code = self.data_code = 250
        self.password_is_right = True
        self.lines = self.secured = 0
        self.tls: ssl.SSLContext | None = tls
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, _request, _address):
        """Whoever goes away in the middle is a test's."""

    @property
    def url(self):
        return f"smtp://localhost:{self.server_address[1]}"

    @property
    def receivers(self):
        return [receiver for _sender, receivers, _body in self.letters for receiver in receivers]

    def read(self, place=-1):
        """One letter, taken apart."""
        return message_from_bytes(self.letters[place][2], policy=default)
