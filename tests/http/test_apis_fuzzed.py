"""Whatever is sent to the JSON routes of a role, well or badly formed, the role answers and never breaks.

The requests are made by schemathesis from the roles' own descriptions (`/api/openapi.json`), the same ones at each run,
and sent over loopback; places in addresses are filled with ids that exist every other time.
"""

import threading

import httpx2
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.http.test_api_documents import PORTS, Roles

EXAMPLES = 10
ORDER = ("GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
"""What deletes comes last, so that the others find what they ask for."""
ENDS_THE_SESSION = {("DELETE", "/api/session")}
GIVEN_UP = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
seeded = settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=GIVEN_UP,
)  # fmt: skip


@pytest.fixture(scope="module")
def roles(tmp_path_factory):
    return Roles(tmp_path_factory.mktemp("fuzzed"))


@pytest.fixture
def address(roles, role):
    """Where the role listens on loopback while a test runs."""
    server = uvicorn.Server(uvicorn.Config(roles.apps[role], host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    listening = threading.Event()
    started = server.startup

    async def startup(sockets=None):
        await started(sockets)
        listening.set()

    server.startup = startup
    thread = threading.Thread(target=server.run)
    thread.start()
    assert listening.wait(20)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def known(role, values):
    """Ids that exist, by the names that addresses give to their places."""
    if role == "issuer":
        uuid = values["ISSUED"].removeprefix("urn:uuid:")
        achievement = values["ACHIEVEMENT"].rpartition("/")[2]
        return {"slug": "maple", "credential_id": uuid, "achievement_id": achievement, "number": 1}
    if role == "wallet":
        return {"learner_id": values["LEARNER"], "credential_id": values["AWARD"]}
    return {}


def cases(operation, there):
    """Requests that keep to the description of an operation, and requests that do not."""
    placed = {each.name: there[each.name] for each in operation.path_parameters if each.name in there}
    ways = [
        operation.as_strategy(generation_mode=mode, path_parameters=places or None)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for places in ([placed] if len(placed) == len(list(operation.path_parameters)) else [placed, {}])
    ]
    return st.one_of(ways)


def answers(operation, there, address, bearer):
    """The answers to the requests of one operation: (operation, status, the request as a command) each."""
    method, found = operation.method.upper(), []
    headers = {} if (method, operation.path) in ENDS_THE_SESSION else bearer

    @seeded
    @given(case=cases(operation, there))
    def send(case):
        answer = case.call(
            base_url=address, headers={**headers, "Idempotency-Key": f"{len(found)} {method} {case.path}"}
        )
        found.append((f"{method} {operation.path}", answer.status_code, case.as_curl_command(base_url=address)))

    send()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", PORTS)
def test_whatever_is_sent_a_role_answers_and_never_breaks(roles, role, address):
    values = roles.values[role]
    schema = schemathesis.openapi.from_dict(roles.apps[role].openapi())
    there = known(role, values)
    bearer = {"Authorization": f"Bearer {values['TOKEN']}"} if "TOKEN" in values else {}
    found = []
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in sorted(operations, key=lambda each: ORDER.index(each.method.upper())):
        found += answers(operation, there, address, bearer)
    assert [answer for answer in found if answer[1] >= 500] == []
    assert len({name for name, _status, _request in found}) == len(operations) > 10
    assert any(status < 300 for _name, status, _request in found), "some requests are understood"
    with httpx2.Client(base_url=address, trust_env=False) as client:
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("number", ["9" * 19, "-1", "9" * 5000, "0000000001" + "9" * 30])
@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("issuer", "/orgs/maple/status/{number}"),
        ("issuer", "/api/organisations/maple/credentials?page={number}"),
        ("wallet", "/api/credentials/{AWARD}/document?edition={number}"),
        ("verifier", "/recognised/{number}"),
    ],
)
def test_a_number_that_no_column_holds_is_refused(roles, role, path, number):
    values = roles.values[role]
    headers = {"Authorization": f"Bearer {values['TOKEN']}"} if "TOKEN" in values else {}
    answer = roles.clients[role].get(path.format(number=number, **values), headers=headers, follow_redirects=False)
    assert answer.status_code in {303, 404, 422}, answer.text
