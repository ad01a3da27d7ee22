"""`satchel import`: awards from the command line, each with an answer, and nothing twice."""

import json

import pytest

from satchel.cli import main
from tests.e2e.test_bring_on_a_phone import FORGED, served  # noqa: F401 - a fixture
from tests.unit.kit.intake.test_several import WALLET
from tests.unit.wallet.samples import PASSWORD, award

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def run(served, monkeypatch, tmp_path, capsys):  # noqa: F811
    """Run the command on files of these contents, by name: exit status, output, errors."""
    address, services, _family = served
    _account, token = services.tools.accounts.sign_in(login="teresa", password=PASSWORD, client="here")
    monkeypatch.setenv("SATCHEL_TOKEN", token)

    def act(files, *more, learner="Wren Hadley"):
        paths = []
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
            paths.append(str(tmp_path / name))
        status = main(["import", *paths, "--learner", learner, "--wallet", address, *more])
        told = capsys.readouterr()
        return status, told.out, told.err

    return act


def test_each_thing_gets_a_line_and_a_repetition_adds_nothing(run):
    export = f"[{WALLET % ', '.join(award(n, title=f'Award {n}').decode() for n in (300, 301))}]".encode()
    files = {"Wallet Backup.json": export, "one.json": award(302, title="Award 302")}
    status, told, _errors = run(files)
    assert (status, told.count("added")) == (0, 3)
    status, told, _errors = run(files)
    assert (status, told.count("here ")) == (0, 3)


def test_what_is_kept_apart_or_cannot_be_read_is_said_and_ends_with_2(run):
    status, told, _errors = run({"kite.json": FORGED, "notes.txt": b"hi", "good.json": award(303, title="Good")})
    assert status == 2
    assert "neither a link nor a record" in told
    assert "Good" in told
    status, told, _errors = run({"kite.json": FORGED}, "--json")
    assert (status, json.loads(told)["state"]) == (2, "known")


def test_for_nobody_of_that_name_it_says_who_there_is(run):
    status, _told, errors = run({"one.json": award(304)}, learner="Pia")
    assert status == 2
    assert "Jonah Hadley" in errors
