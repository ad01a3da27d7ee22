"""Every page of the wallet, as a guardian and a stranger meet it: axe-core finds nothing, nothing sticks out, both languages.

The pages are the app's own routes: a new page is looked at without a further line, and one whose address needs a value that
nobody knows here fails. Each is seen in light and dark, at 320 px (which is 1,280 px at 400 %), at 600 px (1,200 at 200 %)
and on a desk.
"""

import re
from datetime import date

import pytest
from sqlalchemy import delete

from tests.e2e.pages_seen import faults
from tests.e2e.wallet_served import serving, sign_in
from tests.http.wallet.routes import every_route
from tests.http.wallet.test_attacks import ANYBODY, world  # noqa: F401 - a fixture
from tests.unit.wallet.samples import PASSWORD, Hadleys, award
from wallet import store
from wallet.app import create_app
from wallet.service.share_views import Choice

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
NO_PAGES = re.compile(
    r"/api/.*|/ims/.*|/oauth/(?!authorize).*|/static/.*|/icons/.*|/healthz|/readyz|/metrics|/hosting/.*\.json|/manifest\.webmanifest"
    r"|/phone/(?:worker\.js|state|start)|/archive|/leave/.*|.*/(?:file|original|picture\.\{form\}|paper|events|picture)|.*\.(?:pdf|json|png)"
)


@pytest.fixture
def services(tmp_path):
    with serving(tmp_path) as (_address, built):
        built.tools.accounts.create_user(login="root", password=PASSWORD, name="Root", scope="administrator")
        yield built


@pytest.fixture
def addresses(services):
    """The addresses of pages among the app's routes, as they are declared."""
    app = create_app(services.tools.settings, services=services)
    return sorted(path for path, methods in every_route(app) if "GET" in methods and not NO_PAGES.fullmatch(path))


@pytest.fixture
def hadleys(services, addresses):
    return Hadleys(services)


@pytest.fixture
def values(services, hadleys, world):  # noqa: F811
    """What stands in addresses: the world of the attacks, and a link that works."""
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award(7)).credential_id
    choice = Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="Wren")
    share = services.shares.share(hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.wren, choice))
    joining = services.invitations.invite(
        hadleys.teresa, kind="guardian", name="Gil", learner_id=hadleys.wren, scopes=["view"]
    )
    with services.tools.database.session() as session:
        session.execute(delete(store.ACCOUNTS.passkey))  # the world's is sealed by nobody
    gone = services.people.add_learner(hadleys.teresa, name="Kit Hadley", birth_date=None, myself=False)
    services.erasure.remove_learner(hadleys.teresa, gone)
    return world | {"/learners/{learner_id}/erase": gone, "token": share.token, "/join/{token}": joining}


def filled(path, values):
    return re.sub(r"\{(\w+)\}", lambda name: values.get(path) or values[name[1]], path)


TELLS = {"/account/passkeys/{passkey_id}": 404, "/invitations/{token}": 410, "/oauth/authorize": 400}
"""Pages that have nothing to show for these people: what they say then is looked at instead."""
QUERIES = {"/phone/copy": "?codes=yes&learner={learner_id}"}


@pytest.mark.parametrize(("language", "schemes"), [("en-GB", ("light", "dark")), ("es-MX", ())], ids=["en", "es"])
def test_no_page_shuts_anybody_out(  # noqa: PLR0917 - fixtures
    browser, services, addresses, values, language, schemes
):
    """Another language makes other lengths, never another structure or other colours: there only the ruler looks."""
    wrong, seen = {}, 0
    windows = {}
    for who in ("teresa", None, "root"):
        context = browser.new_context(base_url=services.tools.settings.public_url, locale=language)
        windows[who] = context.new_page()
        if who:
            sign_in(windows[who], who)
    for path in addresses:
        who = "root" if path in {"/start", "/court-orders"} else None if path in ANYBODY else "teresa"
        page = windows[who]
        answer = page.goto(filled(path + QUERIES.get(path, ""), values))
        if not answer.headers.get("content-type", "").startswith("text/html") or answer.status != TELLS.get(path, 200):
            wrong[path] = f"no page: {answer.status}"
            continue
        seen += 1
        assert page.evaluate("document.documentElement.lang") == language[:2], path
        found = faults(page, widths=(320, 600, 1200), schemes=schemes)
        if found:
            wrong[path] = found
    for page in windows.values():
        page.context.close()
    assert wrong == {}, "\n".join(f"{path}: {what}" for path, what in wrong.items())
    assert seen > 40
