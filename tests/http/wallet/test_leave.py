"""Leaving by the page and by the API."""

import io
import time
import zipfile
from base64 import b64encode

from fastapi.testclient import TestClient

from kit.db import Database
from kit.passphrase import opened
from kit.vault import Vault
from tests.http.wallet.conftest import Browser
from tests.unit.wallet.samples import PASSWORD, award, settings, wallet
from wallet.app import create_app
from wallet.service.recovery import replace_lost_key

WORDS = "otter lantern seven violins"


def unsealed(sealed):
    return zipfile.ZipFile(io.BytesIO(b"".join(opened(io.BytesIO(sealed), WORDS, field="file"))))


def test_a_family_saves_its_archive_from_the_page(browser, services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    teresa = browser("teresa")
    page = teresa.get("/leave").text
    assert "Wren Hadley" in page
    assert 'value="' + WORDS not in page
    saved = teresa.post("/leave/archive", {"passphrase": WORDS, "again": WORDS}, page="/leave")
    assert saved.status_code == 200
    assert saved.headers["content-disposition"] == 'attachment; filename="awards.satchel"'
    assert int(saved.headers["content-length"]) == len(saved.content)
    assert saved.headers["cache-control"] == "no-store"
    assert "archive.json" in unsealed(saved.content).namelist()


def test_a_passphrase_that_will_not_do_is_said_and_not_shown_again(browser, hadleys):
    teresa = browser("teresa")
    for first, again, words in (("short 7", "short 7", "too short"), (WORDS, "another", "differ")):
        answer = teresa.post("/leave/archive", {"passphrase": first, "again": again}, page="/leave")
        assert answer.status_code == 422
        assert words in answer.text
        assert first not in answer.text


def test_somebody_who_may_only_look_is_told_whom_to_ask(browser, api, hadleys):
    assert "Ask a guardian" in browser("marcus").get("/leave").text
    assert api("marcus").post("/api/archive", json={"passphrase": WORDS}).status_code == 403


def test_the_api_gives_the_same_archive(api, services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    answer = api("teresa").post("/api/archive", json={"passphrase": WORDS})
    assert answer.status_code == 200
    with unsealed(answer.content) as archive:
        assert any(archive.read(name) == award() for name in archive.namelist())
    assert api("teresa").post("/api/archive", json={"passphrase": "short"}).json()["field"] == "passphrase"


def test_an_archive_is_brought_by_the_page_without_a_script(browser, services, hadleys, tmp_path):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    teresa = browser("teresa")
    sealed = teresa.post("/leave/archive", {"passphrase": WORDS, "again": WORDS}, page="/leave").content
    assert "Bring the archive" in teresa.get("/restore").text
    wrong = teresa.post(
        "/restore", {"passphrase": "another one that is wrong"}, page="/restore", files={"file": ("a.satchel", sealed)}
    )
    assert wrong.status_code == 422
    assert "does not open with this passphrase" in wrong.text
    assert "another one that is wrong" not in wrong.text
    begun = teresa.post(
        "/restore", {"passphrase": WORDS, "mine": "yes"}, page="/restore", files={"file": ("a.satchel", sealed)}
    )
    assert begun.status_code == 303
    page = begun.headers["location"]
    assert "is being taken in" in teresa.get(page).text
    assert "0 of 1" in teresa.get(page).text
    services.restoring.drive(hadleys.teresa, page.rpartition("/")[2], lambda *_given: None)
    done = teresa.get(page).text
    assert "was taken in" in done
    assert "1 thing was here already." in done


def test_an_archive_is_brought_over_the_api(api, services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    teresa = api("teresa")
    sealed = teresa.post("/api/archive", json={"passphrase": WORDS}).content
    body = {"archive": b64encode(sealed).decode(), "passphrase": WORDS, "mine": True}
    begun = teresa.post("/api/restorations", json=body)
    assert begun.status_code == 202, begun.text
    assert begun.json()["leftOut"] == []
    path = f"/api/restorations/{begun.json()['id']}"
    assert teresa.get(path).json()["running"] is True
    assert teresa.post(f"{path}/attempt").status_code == 409
    services.restoring.drive(hadleys.teresa, begun.json()["id"], lambda *_given: None)
    assert teresa.get(path).json()["counts"] == {"already": 1}
    assert api("marcus").get(path).status_code == 404
    assert teresa.post("/api/restorations", json=body | {"archive": "?"}).json()["field"] == "archive"
    assert teresa.post("/api/restorations", json=body | {"mine": None}).status_code == 422


def test_the_server_takes_archives_in_by_itself(app, services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    sealed = b"".join(services.packing.pack(hadleys.teresa, passphrase=WORDS, again=WORDS).chunks())
    with TestClient(app, base_url="http://localhost:8002"):
        begun = services.restoring.begin(hadleys.teresa, sealed, passphrase=WORDS, mine=True)
        until = time.monotonic() + 20
        while services.restoring.view(hadleys.teresa, begun.id).running and time.monotonic() < until:
            time.sleep(0.05)
        assert services.restoring.view(hadleys.teresa, begun.id).counts == {"already": 1}


def test_k10_a_family_opens_its_awards_with_a_recovery_code_after_the_key_was_lost(tmp_path, services, hadleys):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    account = services.tools.accounts.find_by_login("teresa")
    codes = services.tools.accounts.make_recovery_codes(account.id)
    services.tools.database.close()
    database = Database(f"sqlite:///{tmp_path}/wallet.db")
    replace_lost_key(database, Vault(b"\x77" * 32), services.tools.clock)
    database.close()
    there = wallet(tmp_path, services.tools.clock, key_hex="77" * 32)
    reader = Browser(create_app(settings(tmp_path, key_hex="77" * 32), services=there))
    assert "/reopen" in reader.get("/").text
    wrong = reader.post("/reopen", {"code": "0000", "login": "teresa", "password": "another quilt 77"}, page="/reopen")
    assert wrong.status_code == 422
    assert "opens nothing here" in wrong.text
    assert "Hadley" not in wrong.text
    opened = reader.post(
        "/reopen", {"code": codes[0], "login": "teresa", "password": "another quilt 77"}, page="/reopen", follow=True
    )
    assert "are open again" in opened.text
    assert reader.get(f"/credentials/{kept}/file").content == award()
    assert "9 recovery codes" in reader.get("/people").text
    there.tools.database.close()


def test_a_family_deletes_everything_after_it_was_asked_once(browser, services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    teresa = browser("teresa")
    page = teresa.get("/leave/delete").text
    for words in ("Wren Hadley", "Marcus", "What stays, and why", "FERPA", "Copies of the whole server"):
        assert words in page
    wrong = teresa.post("/leave/delete", {"password": "not this one at all"}, page="/leave/delete")
    assert (wrong.status_code, "present password" in wrong.text) == (422, True)
    gone = teresa.post("/leave/delete", {"password": PASSWORD}, page="/leave/delete", follow=True)
    assert "Everything of your family was deleted." in gone.text
    assert teresa.get("/people").status_code == 303
    assert services.tools.accounts.find_by_login("marcus") is None


def test_whoever_may_not_decide_for_everybody_is_told_for_whom(browser, api, hadleys):
    page = browser("marcus").get("/leave/delete").text
    assert "may not decide for" in page or "Only somebody who organises" in page
    assert "Jonah Hadley" not in page
    assert api("marcus").post("/api/family/erasure", json={"password": PASSWORD}).status_code == 403
    assert api("teresa").post("/api/family/erasure", json={"password": PASSWORD}).status_code == 204


def test_deleting_a_learner_for_good_asks_once_and_says_what_stays(browser, services, hadleys):
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    teresa = browser("teresa")
    page = f"/learners/{hadleys.wren}/erase"
    assert page in teresa.get("/people").text
    assert "What stays, and why" in teresa.get(page).text
    assert "What stays, and why" in teresa.get(f"/learners/{hadleys.jonah_learner}/remove").text
    assert browser("marcus").get(page).status_code == 404
    assert teresa.post(page, {}, page=page).status_code == 303
    assert teresa.get(page).status_code == 404
