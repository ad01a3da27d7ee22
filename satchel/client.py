"""A role's HTTP API as a client sees it: sign in, send JSON, get JSON; refusals become sentences.

The demo and `satchel issue` use the same addresses as anybody else's program. Left out: anything that reads a role's
database.
"""

import re
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from satchel.console import CommandError

CONFLICT = 409
GONE = 410
_SECONDS = 30.0
_TRIES = 4
_FORM_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class ApiError(CommandError):
    """The API answered with a problem: `code` is its HTTP status, `kind` the last part of its type."""

    def __init__(self, sentence: str, *, code: int, kind: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.kind = kind


class RoleClient:
    """One role's API at `address` (an origin). Close it, or use it in a `with` block."""

    def __init__(self, address: str, *, authority: Path | None = None) -> None:
        self._trust: ssl.SSLContext | bool = True
        if authority is not None:
            self._trust = ssl.create_default_context(cafile=str(authority))
        self.address = address
        self._http = httpx2.Client(base_url=address, timeout=_SECONDS, verify=self._trust, trust_env=False)

    def __enter__(self) -> Self:
        """Give the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self._http.close()

    def sign_in(self, login: str, password: str) -> None:
        """Open a session; later requests carry its token. Raises: ApiError."""
        self.use_token(self.post("/api/session", {"login": login, "password": password})["token"])

    def use_token(self, token: str) -> None:
        """Carry this token from now on."""
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str | int) -> Any:
        """GET and give the JSON. Raises: ApiError, CommandError."""
        return self._send("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Any:
        """POST JSON and give the JSON. Raises: ApiError, CommandError."""
        return self._send("POST", path, json=dict(body), headers=dict(headers or {}))

    def send_file(self, path: str, data: bytes, *, headers: Mapping[str, str] | None = None, **query: str) -> Any:
        """POST somebody's file as it is and give the JSON. Raises: ApiError, CommandError."""
        said = {"Content-Type": "application/octet-stream", **(headers or {})}
        return self._send("POST", path, params=query, content=data, headers=said)

    def delete(self, path: str) -> Any:
        """DELETE. Raises: ApiError, CommandError."""
        return self._send("DELETE", path)

    def fill_form(self, address: str, fields: Mapping[str, str]) -> None:
        """Open a page by its whole address and send its form, as a browser without a session would.

        Raises: CommandError when the form is not taken.
        """
        parts = urlsplit(address)
        origin = {"Origin": f"{parts.scheme}://{parts.netloc}"}
        with httpx2.Client(timeout=_SECONDS, verify=self._trust, trust_env=False, headers=origin) as browser:
            found = _FORM_TOKEN.search(browser.get(address).text)
            answer = browser.post(address, data={**fields, "csrf": found[1] if found else ""})
        if answer.status_code != httpx2.codes.SEE_OTHER:
            raise CommandError(f"The form at {parts.path} of {self.address} was not taken (HTTP {answer.status_code}).")

    def items(self, path: str, **query: str | int) -> list[Any]:
        """Give every item of a list, page after page. Raises: ApiError, CommandError."""
        found: list[Any] = []
        page = 1
        while True:
            answer = self.get(path, page=page, size=100, **query)
            found.extend(answer["items"])
            more = bool(answer.get("next")) or page < int(answer.get("pages") or 1)
            if not more:
                return found
            page += 1

    def _send(self, method: str, path: str, **arguments: Any) -> Any:
        """Send; wait as long as a busy role asks for (`Retry-After` with 429, 503, or 409 for a request in flight)."""
        for attempt in range(_TRIES):
            try:
                answer = self._http.request(method, path, **arguments)
            except httpx2.HTTPError as error:
                raise CommandError(
                    f"{self.address} did not answer ({type(error).__name__}). "
                    "Check that it runs and that the address is right."
                ) from error
            wait = answer.headers.get("retry-after", "")
            if answer.status_code not in {409, 429, 503} or not wait.isdigit() or attempt == _TRIES - 1:
                return _content(method, path, answer)
            time.sleep(min(float(wait), 5.0))
        raise AssertionError("the last attempt returns or raises")


def _content(method: str, path: str, answer: httpx2.Response) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    said = problem.get("detail") or problem.get("title") or f"HTTP {answer.status_code}"
    remedy = problem.get("remedy") or ""
    field = f" ({problem['field']})" if problem.get("field") else ""
    sentence = f"{method} {path} at {answer.url.host}: {said}{field} {remedy}".strip()
    raise ApiError(sentence, code=answer.status_code, kind=str(problem.get("type", "")).rpartition("#")[2])
