"""Passkeys at the issuer, with a device that Chromium itself plays, on phone and desktop, in both languages."""

import re
import socket
import threading
import time

import pytest
import uvicorn

from issuer.app import create_app
from issuer.service.services import Services
from kit.server import configuration
from kit.vault import create_key_file
from tests.http.issuer.conftest import PASSWORD, settings_in

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
HELD = "satchel-issuer"


@pytest.fixture
def serve(tmp_path):
    """A server of the issuer on `localhost`; gives its address and its services."""
    running = []

    def start(**members):
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"http://localhost:{listener.getsockname()[1]}"
        create_key_file(tmp_path / "kek")
        given = settings_in(tmp_path, **members).model_copy(update={"public_url": address, "identifier_url": address})
        services = Services.build(given)
        services.accounts.create_user(login="admin", password=PASSWORD, name="Ada", scope="administrator")
        server = uvicorn.Server(configuration(create_app(given, services=services), given))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        running.append((server, thread, listener))
        return address, services

    yield start
    for server, thread, listener in running:
        server.should_exit = True
        thread.join(5)
        listener.close()


@pytest.fixture
def window(browser):
    """A window with a device that has a fingerprint reader: `window.device(…)` changes what it does."""
    opened = []

    def open_one(**options):
        context = browser.new_context(**options)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if options.get("java_script_enabled", True):
            page.devices = context.new_cdp_session(page)
            page.devices.send("WebAuthn.enable", {"enableUI": False})
            made = page.devices.send(
                "WebAuthn.addVirtualAuthenticator",
                {
                    "options": {
                        "protocol": "ctap2",
                        "transport": "internal",
                        "hasResidentKey": True,
                        "hasUserVerification": True,
                        "isUserVerified": True,
                        "automaticPresenceSimulation": True,
                    }
                },
            )
            page.device = made["authenticatorId"]
        opened.append(context)
        return page

    yield open_one
    for context in opened:
        context.close()


def by_password(page, address):
    page.goto(f"{address}/sign-in")
    page.fill("#f-login", "admin")
    page.fill("#f-password", PASSWORD)
    with page.expect_navigation():
        page.click("form[action='/sign-in'] button[type=submit]")


def add(page, address, *, name="my phone", password=PASSWORD):
    page.goto(f"{address}/account")
    page.fill("#f-passkey_name", name)
    page.fill("#f-passkey_password", password)
    page.click("form[data-passkey=add] button[type=submit]")


def kept(page):
    return page.devices.send("WebAuthn.getCredentials", {"authenticatorId": page.device})["credentials"]


def signed_in(page, address):
    return page.request.get(f"{address}/account", headers={"accept": "text/html"}, max_redirects=0).status == 200


def sign_out(page):
    with page.expect_navigation():
        page.locator("form[action='/sign-out'] button").click()


def test_a_passkey_is_added_used_and_removed(serve, window):
    address, services = serve()
    page = window(locale="en-GB")
    by_password(page, address)
    add(page, address)
    page.get_by_text("The passkey is added. You can sign in with it from now on.").wait_for()
    assert page.locator("li bdi", has_text="my phone").count() == 1
    [credential] = kept(page)
    assert credential["isResidentCredential"]
    assert credential["rpId"] == "localhost"
    sign_out(page)
    assert not signed_in(page, address)

    page.goto(f"{address}/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with this device").click()
    page.wait_for_url(f"{address}/account")
    assert signed_in(page, address)
    assert page.get_by_text("last used on").count() == 1
    assert kept(page)[0]["signCount"] == 2

    page.get_by_role("link", name="Rename or remove").click()
    page.fill("#f-passkey_name", "the old phone")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("link", name="Rename or remove the old phone").click()
    page.fill("#f-present_password", PASSWORD)
    page.get_by_role("button", name="Remove the passkey").click()
    page.get_by_text("The passkey is removed.").wait_for()
    assert signed_in(page, address)
    sign_out(page)
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="Sign in with this device").click()
    page.get_by_text("This passkey was not accepted.").wait_for()
    assert not signed_in(page, address)
    assert [text for text in page.complaints if "401" not in text] == []
    [account] = [each.id for each in services.staff.members(services.accounts.find_by_login("admin"))]
    assert services.passkeys.listing(account) == []


def test_in_spanish_on_a_phone_with_what_can_go_wrong(serve, window):
    address, _services = serve()
    page = window(locale="es-MX", viewport={"width": 360, "height": 740})
    by_password(page, address)
    add(page, address, name="mi teléfono", password="no es esta")
    page.get_by_text("Esta no es su contraseña actual.").wait_for()
    assert kept(page) == []
    page.fill("#f-passkey_password", PASSWORD)
    button = page.get_by_role("button", name="Añadir una llave de acceso")
    button.click()
    page.get_by_text("Desde ahora puede entrar con ella.").wait_for()
    add(page, address)
    page.get_by_text("Este dispositivo ya tiene una llave de acceso para esta cuenta.").wait_for()
    sign_out(page)

    page.goto(f"{address}/sign-in")
    page.devices.send("WebAuthn.setUserVerified", {"authenticatorId": page.device, "isUserVerified": False})
    enter = page.get_by_role("button", name="Entrar con este dispositivo")
    enter.click()
    page.get_by_text("No se hizo nada").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out on a phone"
    page.devices.send("WebAuthn.setUserVerified", {"authenticatorId": page.device, "isUserVerified": True})
    enter.click()
    page.wait_for_url(f"{address}/organisations")
    other = address.replace("localhost", "127.0.0.1")
    page.goto(f"{other}/sign-in?lang=es")
    page.get_by_role("button", name="Entrar con este dispositivo").click()
    page.get_by_text(f"Abra {address} e inténtelo allí.").wait_for()


def test_L16_where_passkeys_are_required_the_first_is_made_on_the_way_in(serve, window):
    address, _services = serve(staff_passkeys="required")
    page = window()
    by_password(page, address)
    page.get_by_role("heading", name="Make a passkey").wait_for()
    assert not signed_in(page, address)
    page.fill("#f-passkey_name", "school laptop")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/organisations")
    assert signed_in(page, address)
    sign_out(page)
    by_password(page, address)
    page.get_by_text("A password alone opens nothing here.").wait_for()
    assert not signed_in(page, address)
    page.get_by_role("button", name="Sign in with this device").click()
    page.wait_for_url(f"{address}/organisations")
    assert signed_in(page, address)
    assert [text for text in page.complaints if "403" not in text] == []


def test_L15_after_signing_out_the_browser_keeps_nothing(serve, window):
    address, _services = serve()
    page = window()
    by_password(page, address)
    page.evaluate("localStorage.setItem('kept', 'by somebody'); sessionStorage.setItem('kept', 'too')")
    page.goto(f"{address}/account")
    sign_out(page)
    page.goto(f"{address}/sign-in")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert [each for each in page.context.cookies() if each["name"] == HELD] == []
    page.go_back()
    page.go_back()
    assert not signed_in(page, address), "no page of before comes out of a cache"


def test_without_scripts_the_password_is_the_way(serve, window):
    address, _services = serve()
    page = window(java_script_enabled=False)
    page.goto(f"{address}/sign-in")
    assert not page.get_by_role("button", name=re.compile("device")).is_visible()
    by_password(page, address)
    assert signed_in(page, address)
    page.goto(f"{address}/account")
    assert page.get_by_text("Your password goes on working without.").is_visible()
    assert not page.locator("#f-passkey_name").is_visible()


def test_a_browser_without_passkeys_is_offered_none(serve, window):
    address, _services = serve()
    page = window()
    page.add_init_script("delete globalThis.PublicKeyCredential")
    by_password(page, address)
    page.goto(f"{address}/account")
    assert not page.locator("[data-passkey]").is_visible()
    assert page.get_by_text("Your password goes on working without.").is_visible()
