"""`make demo LAN=1`: HTTPS on the machine's network address, for a phone in the room; identifiers stay at `localhost`."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from satchel.deployment import DEFAULT_PORTS
from satchel.installation import CHECKOUT
from tests.e2e.conftest import base_port
from tests.e2e.process import Demo
from tests.e2e.walk import Walk

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
ASK = "from satchel.demo.certificate import room_address; print(room_address())"


@pytest.fixture
def room():
    """This machine's address in its network, asked for outside this process, whose sockets are kept to loopback."""
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    address = done.stdout.strip()
    if address.startswith("127."):
        pytest.skip("This machine has no network address, so there is no room to serve.")
    return address


def test_a_phone_in_the_room_walks_the_five_steps(browser, room, tmp_path):
    port = base_port()
    demo = Demo(tmp_path, port, "--lan")
    try:
        demo.wait()
        ports = {name: port + offset for offset, name in enumerate(DEFAULT_PORTS)}
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="en-US", ignore_https_errors=True, has_touch=True
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        walk = Walk(page, SimpleNamespace(url=lambda role: f"https://{room}:{ports[role]}"))
        page.goto(walk.start)
        assert page.get_by_role("link", name="Download the certificate").count() == 1
        for step in (walk.award, walk.claim, walk.share, walk.verify):
            step()
        assert "Genuine and current" in walk.verdict()
        walk.revoke()
        walk.check_again()
        assert "Withdrawn" in walk.verdict()
        headers = page.request.get(walk.start, ignore_https_errors=True).headers
        assert "strict-transport-security" not in headers, "a browser would remember it for all of localhost"
        context.close()
    finally:
        assert demo.stop() == 0
    for name in ("authority-key.pem", "server-key.pem"):
        assert (tmp_path / "data" / "certificate" / name).stat().st_mode & 0o777 == 0o600
