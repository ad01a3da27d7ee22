"""A program that wants to put awards into a wallet: it registers, sends somebody there, and uses what it gets."""

import base64
import hashlib
import json
import re
import secrets
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

from fastapi.testclient import TestClient

from tests.http.wallet.conftest import ORIGIN

OB, CLR = "/ims/ob/v3p0", "/ims/clr/v2p0"
SCOPE = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
CLR_SCOPE = "https://purl.imsglobal.org/spec/clr/v2p0/scope/"
UPSERT, READ = f"{SCOPE}credential.upsert", f"{SCOPE}credential.readonly"
PROFILE, PROFILE_UPDATE = f"{SCOPE}profile.readonly", f"{SCOPE}profile.update"
EVERYTHING = " ".join([UPSERT, READ, PROFILE, PROFILE_UPDATE, f"{CLR_SCOPE}credential.upsert", "offline_access"])
SITE = "https://provider.example"
BACK = f"{SITE}/back"


def metadata(**more):
    """What a program says of itself."""
    given = {
        "client_name": "Maple Badges", "client_uri": SITE, "logo_uri": f"{SITE}/logo.png", "tos_uri": f"{SITE}/terms",
        "policy_uri": f"{SITE}/privacy", "software_id": "maple", "software_version": "1", "redirect_uris": [BACK],
        "scope": EVERYTHING,
    }  # fmt: skip
    return {name: value for name, value in (given | more).items() if value is not None}


class Program:
    """A registered program, and what it was given."""

    def __init__(self, app, **more):
        self.client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        answer = self.client.post("/oauth/register", json=metadata(**more))
        assert answer.status_code == 201, answer.text
        self.known = answer.json()
        self.verifier = secrets.token_urlsafe(48)
        self.tokens = {}

    @property
    def basic(self):
        """Who it is, at the token endpoint."""
        pair = f"{quote_plus(self.known['client_id'])}:{quote_plus(self.known['client_secret'])}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    @property
    def bearer(self):
        """What it may do."""
        return {"authorization": f"Bearer {self.tokens['access_token']}"}

    def address(self, **more):
        """Where it sends somebody; a parameter that is None is left out, one that is a list comes several times."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": self.known["client_id"], "redirect_uri": BACK, "scope": EVERYTHING,
            "state": "s t&ate", "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | more  # fmt: skip
        return "/oauth/authorize?" + urlencode({n: v for n, v in asked.items() if v is not None}, doseq=True)

    def ask(self, browser, learner, *, scopes=None, do="allow", reads="own", **more):
        """Somebody looks at the page and answers; the answer of the wallet."""
        address = self.address(**more)
        page = browser.get(address)
        assert page.status_code == 200, page.text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
        fields = {name: value.replace("&amp;", "&") for name, value in fields.items()}
        ticked = re.findall(r'name="scopes" value="([^"]+)"', page.text) if scopes is None else scopes
        fields |= {"learner": learner, "scopes": ticked, "reads": reads, "do": do}
        return browser.post("/oauth/authorize", fields, page=address)

    def come_back(self, answer):
        """What the address says to which somebody was sent back."""
        assert answer.status_code == 303, answer.text
        url = answer.headers["location"]
        assert url.startswith(BACK), url
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    def turn_in(self, code, **more):
        """Tokens for a code, as the wallet answers."""
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": self.verifier,
        } | more  # fmt: skip
        return self.client.post("/oauth/token", data=sent, headers=self.basic)

    def refresh(self, token=None, **more):
        """Tokens for a refresh token, as the wallet answers."""
        sent = {"grant_type": "refresh_token", "refresh_token": token or self.tokens["refresh_token"], **more}
        return self.client.post("/oauth/token", data=sent, headers=self.basic)

    def connect(self, browser, learner, **more):
        """The whole way, once."""
        back = self.come_back(self.ask(browser, learner, **more))
        answer = self.turn_in(back["code"])
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self

    def put(self, data, *, api=OB, kind=None):
        """Put a credential there."""
        kind = kind or ("application/json" if data.lstrip()[:1] == b"{" else "text/plain")
        headers = {**self.bearer, "content-type": kind}
        return self.client.post(f"{api}/credentials", content=data, headers=headers)

    def listed(self, api=OB, **query):
        """Ask for credentials."""
        return self.client.get(f"{api}/credentials", params=query, headers=self.bearer)


def said(answer):
    """The code that an answer of the API names, and its words."""
    told = answer.json()
    assert told["imsx_codeMajor"] in {"failure", "processing"}, told
    return told["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"], json.dumps(told)
