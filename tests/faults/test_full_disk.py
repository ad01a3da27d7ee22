"""R8: the disk is full, and then it is not; the disk loses what it took. A real issuer process, with its jobs."""

import json
import platform
import time
from http.client import HTTPConnection, HTTPException

import pytest
from sqlalchemy import text

from issuer.store.tables import AUDIT
from kit import audit, disk
from kit.db import Database
from kit.vault import create_key_file
from tests.awarding import sheet_text
from tests.faults.full_disk import SYSCALLS, FullServer
from tests.faults.test_issuer_kill import PASSWORD, _intact
from tests.faults.test_sheet_kill import COURSE

ROWS = 600
BASE = "/api/organisations/maple"


class Office:
    """Somebody at the desk of a process, with one award."""

    def __init__(self, folder):
        create_key_file(folder / "kek")
        self.url = f"sqlite:///{folder}/issuer.db"
        self.server = FullServer(folder, self.url)
        self.server.command("init", "--login", "admin", given=PASSWORD + "\n")
        self.server.start()
        self.token = self.post("/api/session", {"login": "admin", "password": PASSWORD})["token"]
        self.post("/api/organisations", {"name": "Maple"})
        self.course = self.post(f"{BASE}/achievements", COURSE)["id"]
        self.awarded = self.post(f"{BASE}/awards", self.learner("first"), key="first")["id"]

    token = None

    def learner(self, name):
        return {"achievement": self.course, "learnerName": name, "identifier": name}

    def ask(self, method, path, body=None, *, key=None):
        return self.server.ask(method, path, body, token=self.token, key=key, seconds=60)

    def post(self, path, body, *, key="k"):
        status, answer = self.ask("POST", path, body, key=key)
        assert status in {200, 201}, answer
        return json.loads(answer)

    def get(self, path):
        status, answer = self.ask("GET", path)
        assert status == 200, answer
        return json.loads(answer)

    def wait(self, path, come_to):
        end = time.monotonic() + 240
        while not come_to(found := self.get(path)):
            assert time.monotonic() < end, found
            time.sleep(0.05)
        return found

    def upload(self, size):
        """Hand in a file of so many bytes; the status, and for how long to wait."""
        port = self.server.port
        head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        headers = {"Host": f"localhost:{port}", "Content-Type": "multipart/form-data; boundary=x"}
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", "/sign-in", f"{head}{'x' * size}\r\n--x--\r\n", headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["Retry-After"]
        finally:
            connection.close()

    def begin(self):
        """A job of a sheet, under way; its address."""
        sheet = self.post(f"{BASE}/sheets", {"achievement": self.course, "text": sheet_text(range(ROWS))}, key="sheet")
        job = self.post(f"{BASE}/sheets/{sheet['id']}/issue", {}, key="job")
        self.wait(f"{BASE}/jobs/{job['id']}", lambda found: found["done"] > 0)
        return f"{BASE}/jobs/{job['id']}"


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    if office.server.process.poll() is None:
        office.server.kill()


@pytest.mark.slow
def test_R8_a_full_disk_stops_writing_and_nothing_else_until_there_is_room(office):
    job, process = office.begin(), office.server.process
    office.server.fill()
    asked = office.learner("second")
    for _again in range(2):
        status, answer = office.ask("POST", f"{BASE}/awards", asked, key="second")
        problem = json.loads(answer)
        assert (status, problem["type"].partition("#")[2]) == (503, "no-room")
        assert "disk takes nothing more" in problem["detail"]
    assert office.ask("POST", "/api/session", {"login": "admin", "password": PASSWORD})[0] == 503
    withdrawal = f"{BASE}/credentials/{office.awarded}/revocation"
    assert office.ask("POST", withdrawal, {"reason": "requirementsNotMet"}, key="w")[0] == 503
    assert office.upload(2 << 20) == (503, "60"), "a file on its way in is laid on the disk, too"
    for path in ("/orgs/maple/status/1", "/orgs/maple/did.json", "/orgs/maple", f"{BASE}/credentials", job):
        office.get(path)
    status, answer = office.ask("GET", "/readyz")
    assert (status, json.loads(answer)["checks"]["writing"]) == (503, "failed")
    halted = office.get(job)["done"]
    assert halted < ROWS
    office.server.empty()
    assert office.post(withdrawal, {"reason": "requirementsNotMet"}, key="w")
    first = office.post(f"{BASE}/awards", asked, key="second")
    assert office.post(f"{BASE}/awards", asked, key="second") == first, "what was refused is done once"
    assert office.ask("GET", "/readyz")[0] == 200
    office.wait(job, lambda found: found["finished"])
    assert office.server.process is process, "without a restart"
    assert process.poll() is None
    office.server.kill()
    _whole(office.url, ROWS + 2, withdrawn=1)


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in SYSCALLS, reason="the numbers of this machine's calls are not known")
def test_R8_a_disk_that_loses_what_it_took_ends_the_process_and_the_next_one_goes_on(office):
    office.server.lose()
    asked = office.learner("second")
    with pytest.raises((OSError, HTTPException)):
        office.post(f"{BASE}/awards", asked, key="second")
    assert office.server.process.wait(30) == disk.ENDED
    office.server.process.stdout.close()
    office.server.start()
    first = office.post(f"{BASE}/awards", asked, key="second")
    assert office.post(f"{BASE}/awards", asked, key="second") == first
    office.server.kill()
    _whole(office.url, 2)


def _whole(url, count, *, withdrawn=0):
    database = Database(url)
    _intact(database)
    with database.reading() as session:

        def column(words):
            return session.execute(text(words)).scalars().all()

        made = column("SELECT id FROM credential WHERE state IN ('issued', 'revoked')")
        gone = column("SELECT id FROM credential WHERE state = 'revoked'")
        names = column("SELECT learner_name FROM credential")
        signed = column("SELECT credential_id FROM signed_credential")
        awarded = column("SELECT object_id FROM audit WHERE action = 'credential.award'")
        pending = column("SELECT id FROM intent WHERE state = 'pending'")
        entries = session.execute(text("SELECT list_id, position FROM status_entry WHERE credential_id IS NOT NULL"))
        places = entries.all()
        assert audit.verify_chain(session, AUDIT) is None
    database.close()
    for found in (made, names, signed, awarded):
        assert len(found) == len(set(found)) == count
    assert (pending, len(gone)) == ([], withdrawn)
    assert len(places) == len(set(places)) == 2 * count
