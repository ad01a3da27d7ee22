"""Leaving by the page and by the API."""

import io
import zipfile

from kit.passphrase import opened
from tests.unit.wallet.samples import award

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
