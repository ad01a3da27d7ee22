"""A wallet on loopback in this process, with the Hadleys in it: what a real browser of these tests looks at."""

import socket
import threading
import time
from contextlib import contextmanager

import uvicorn

from kit.clock import FixedClock
from kit.server import configuration
from tests.unit.wallet.samples import NOW, PASSWORD, settings, wallet
from wallet.app import create_app
from wallet.service import build_services

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "locale": "en-GB"}
COUNT = "window.addEventListener('pointerdown', () => sessionStorage.taps = 1 + Number(sessionStorage.taps || 0))"
"""Counts what a finger does, across pages of one window."""


@contextmanager
def serving(folder, clock=None, *, port=0, **members):
    """(the address, the services) of a wallet that answers while the block runs; `members` are further settings."""
    listener = socket.create_server(("127.0.0.1", port))
    port = listener.getsockname()[1]
    address = f"http://localhost:{port}"
    clock = clock or FixedClock(instant=NOW)
    tools = wallet(folder, clock).tools
    moved = settings(folder, public_url=address, port=port, **members)
    services = build_services(
        type(tools)(**{name: getattr(tools, name) for name in tools.__slots__} | {"settings": moved})
    )
    app = create_app(moved, services=services)
    server = uvicorn.Server(configuration(app, moved))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield address, services
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()


def sign_in(page, login="teresa"):
    """Sign in through the page."""
    page.goto("/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
