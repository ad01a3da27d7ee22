"""The `satchel` command as scripts and people use it: exit codes, sentences, JSON, a demo that keeps its data."""

import json
import subprocess
import sys
import time

import pytest

from satchel.demo import logins
from satchel.installation import CHECKOUT
from tests.e2e import life
from tests.e2e.conftest import base_port, clean_environment
from tests.e2e.process import Demo

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def satchel(*arguments, given=None, env=None):
    return subprocess.run(
        [sys.executable, "-m", "satchel", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**clean_environment(), "PYTHONPATH": str(CHECKOUT), **(env or {})},
    )


@pytest.fixture(scope="module")
def recognised(demo, tmp_path_factory):
    """The reader's list, as its page exports it."""
    with demo.client("verifier", logins.ADMISSIONS) as reader:
        exported = reader.get("/api/recognised/export")
    path = tmp_path_factory.mktemp("list") / "recognised.json"
    path.write_text(json.dumps(exported))
    return str(path)


@pytest.fixture
def badge(demo, tmp_path):
    """A fresh award as a file."""
    awarded = life.award(demo)
    path = tmp_path / "badge.json"
    path.write_text(json.dumps(life.document(demo, awarded)))
    return awarded, path


def test_0_genuine_current_and_recognised(badge, recognised):
    _awarded, path = badge
    done = satchel("verify", str(path), "--loopback", "--recognised", recognised)
    assert done.returncode == 0, done.stdout + done.stderr
    headline, what, who = done.stdout.splitlines()[:3]
    assert (headline, who) == ("Genuine and current.", "Signed by somebody on your list.")
    assert "signed by did:web:" in what


def test_3_genuine_but_on_no_list(badge):
    _awarded, path = badge
    assert satchel("verify", str(path), "--loopback").returncode == 3
    assert satchel("verify", str(path), "--loopback", "--recognition", "ignore").returncode == 0


def test_1_withdrawn_and_1_altered(demo, badge, recognised):
    awarded, path = badge
    altered = path.with_name("altered.json")
    altered.write_text(path.read_text().replace("Ties it", "Teaches it"))
    done = satchel("verify", str(altered), "--loopback", "--recognised", recognised)
    assert done.returncode == 1
    assert done.stdout.startswith("Not genuine")
    life.revoke(demo, awarded)
    time.sleep(1.2)
    done = satchel("verify", str(path), "--loopback", "--recognised", recognised)
    assert done.returncode == 1
    assert done.stdout.startswith("Withdrawn")


def test_2_what_could_not_be_checked_names_what_was_not_reached(badge):
    _awarded, path = badge
    offline = satchel("verify", str(path), "--loopback", "--offline")
    assert offline.returncode == 2
    assert "did.json" in offline.stdout
    assert satchel("verify", str(path)).returncode == 2, "this machine's addresses only with --loopback"
    assert satchel("verify", "no-such-file.json").returncode == 2
    assert "could not be read" in satchel("verify", "no-such-file.json").stderr


def test_64_wrong_usage_says_how_to_go_on():
    for arguments in ((), ("verify",), ("verify", "--nonsense", "x"), ("unheard-of",), ("serve", "nobody")):
        done = satchel(*arguments)
        assert done.returncode == 64, arguments
        assert "--help" in done.stderr


def test_standard_input_a_share_link_and_json(demo, badge, recognised):
    awarded, path = badge
    done = satchel("verify", "-", "--loopback", "--recognised", recognised, "--json", given=path.read_text())
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"], told["headlineGreen"], told["exit"]) == (
        0, "genuineAndCurrent", True, 0,
    )  # fmt: skip
    assert all(each["error"] is None for each in told["fetched"])
    shared = life.share(demo, *life.keep(demo, awarded))
    assert satchel("verify", shared["link"], "--loopback", "--recognised", recognised).returncode == 0


@pytest.mark.parametrize(
    "command", ["demo", "serve", "verify", "derive", "issue", "import", "init", "keys", "backup", "restore"]
)
def test_every_help_teaches_with_examples(command):
    done = satchel(command, "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout
    assert f"satchel {command}" in done.stdout


def test_issuing_twice_awards_once(demo):
    with demo.client("issuer", logins.OFFICE) as office:
        base = f"/api/organisations/{life.COOP}"
        name = office.items(f"{base}/achievements")[0]["name"]
        before = office.get(f"{base}/credentials")["total"]
        arguments = (
            "issue", "--issuer", demo.url("issuer"), "--organisation", life.COOP, "--login", logins.OFFICE.login,
            "--achievement", name, "--learner", "Ada Lovelace", "--identifier", "ada-1", "--json",
        )  # fmt: skip
        first = satchel(*arguments, given=logins.PASSWORD + "\n")
        again = satchel(*arguments, given=logins.PASSWORD + "\n")
        assert (first.returncode, again.returncode) == (0, 0), first.stderr
        assert json.loads(first.stdout)["id"] == json.loads(again.stdout)["id"]
        assert office.get(f"{base}/credentials")["total"] == before + 1
        wrong = satchel(*arguments[:-7], "--achievement", "Flying", *arguments[-5:], given=logins.PASSWORD + "\n")
        assert wrong.returncode == 2
        assert name in wrong.stderr, "what there is, is named"


def test_keys_are_made_once_listed_and_checked(tmp_path):
    data = ("--data", str(tmp_path / "data"))
    made = satchel("keys", "create-kek", "issuer", *data)
    assert "Made" in made.stdout
    key = tmp_path / "data" / "issuer" / "kek"
    assert key.stat().st_mode & 0o777 == 0o600
    first = key.read_bytes()
    assert "nothing was made" in satchel("keys", "create-kek", "issuer", *data).stdout
    assert key.read_bytes() == first
    assert satchel("keys", "check", "issuer", *data).returncode == 0
    key.chmod(0o644)
    refused = satchel("keys", "check", "issuer", *data)
    assert (refused.returncode, "chmod 600" in refused.stdout) == (1, True)


def test_serve_refuses_without_keys_or_addresses(tmp_path):
    data = ("--data", str(tmp_path / "data"))
    done = satchel("serve", *data)
    assert (done.returncode, "satchel init" in done.stderr) == (2, True)
    satchel("keys", "create-kek", *data)
    done = satchel("serve", *data)
    assert (done.returncode, "SATCHEL_ISSUER_PUBLIC_URL" in done.stderr) == (2, True)


def test_a_second_start_of_the_demo_keeps_the_data_and_makes_nothing_twice(tmp_path):
    port = base_port()
    first = Demo(tmp_path, port)
    first.wait()
    assert first.stop() == 0, "a stop by SIGTERM is orderly"
    state = json.loads((tmp_path / "data" / "demo.json").read_text())
    journal = (tmp_path / "data" / "issuer" / "status.journal").read_bytes()
    (tmp_path / "out").unlink()

    second = Demo(tmp_path, port)
    second.wait()
    try:
        again = json.loads((tmp_path / "data" / "demo.json").read_text())
        assert again == state, "the unclaimed award is still the same"
        assert (tmp_path / "data" / "issuer" / "status.journal").read_bytes() == journal, "nothing was awarded anew"
        third = satchel("demo", "--data", str(tmp_path / "data"), "--base-port", str(port))
        assert (third.returncode, "is running with the folder" in third.stderr) == (2, True)
    finally:
        assert second.stop() == 0
