"""Works: kept sealed, shown only drawn anew, never shared, and gone when they are deleted."""

import io
import json
import shutil
import zipfile
from datetime import date

import pytest
from PIL import Image

from kit.errors import BadInput, NotFound, Refused, TooLarge
from kit.paging import window
from tests.unit.wallet.samples import award, strangers, wallet
from wallet.service.share_views import Choice
from wallet.service.works import FILE, LARGEST, SHOWN, Made

ALL = window(page=None)
ESSAY = Made(title="Why bridges hold", words="Zebrafinch wrote this.\nIt is about arches.", credential_id="")
PLACE = b"Quillback Lane 7"


def photo():
    """A JPEG that says where it was taken."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = PLACE.decode()
    Image.new("RGB", (40, 30), "orange").save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.fixture
def kept(services, hadleys):
    return services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id


@pytest.fixture
def work(services, hadleys, kept):
    made = Made(title=ESSAY.title, words=ESSAY.words, credential_id=kept)
    return services.works.add(hadleys.teresa, hadleys.wren, made, file=photo())


def test_a_work_is_kept_as_it_came_and_shown_without_the_place_where_it_was_taken(services, hadleys, kept, work):
    (seen,) = services.works.of_award(hadleys.teresa, kept)
    assert (seen.title, seen.words, seen.media_type, seen.pictured) == (ESSAY.title, ESSAY.words, "image/jpeg", True)
    file = services.works.file(hadleys.teresa, work, FILE)
    assert (file.data, file.media_type, file.name) == (photo(), "image/jpeg", "work.jpg")
    shown = services.works.file(hadleys.teresa, work, SHOWN)
    assert shown.data.startswith(b"\x89PNG")
    assert PLACE in file.data
    assert PLACE not in shown.data


def test_another_file_takes_the_place_of_the_first(services, hadleys, work):
    services.works.put_file(hadleys.teresa, work, b"%PDF-1.7 essay")
    _learner, seen = services.works.work(hadleys.teresa, work)
    assert (seen.media_type, seen.pictured) == ("application/pdf", False)
    assert services.works.file(hadleys.teresa, work, FILE).data == b"%PDF-1.7 essay"
    with pytest.raises(NotFound):
        services.works.file(hadleys.teresa, work, SHOWN)


def test_what_is_no_picture_and_no_pdf_is_refused_and_nothing_is_kept(services, hadleys, work):
    for wrong in (b"<svg onload='alert(1)'>", b"MZ program", b"\x89PNG\r\n\x1a\nbroken"):
        with pytest.raises(BadInput) as caught:
            services.works.add(hadleys.teresa, hadleys.wren, ESSAY, file=wrong)
        assert caught.value.field == "file"
        with pytest.raises(BadInput):
            services.works.put_file(hadleys.teresa, work, wrong)
    with pytest.raises(TooLarge):
        services.works.add(hadleys.teresa, hadleys.wren, ESSAY, file=b"%PDF-" + bytes(LARGEST))
    with pytest.raises(BadInput):
        services.works.add(hadleys.teresa, hadleys.wren, Made(title=" ", words="x", credential_id=""))
    page = services.works.page(hadleys.teresa, hadleys.wren, ALL)
    assert [one.id for one in page.works.items] == [work]
    assert services.works.file(hadleys.teresa, work, FILE).data == photo()


def test_a_work_stands_beside_awards_of_its_own_learner_and_outlives_them(services, hadleys, kept, work):
    other = services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award(9)).credential_id
    with pytest.raises(NotFound):
        services.works.change(hadleys.teresa, work, Made(title="x", words="", credential_id=other))
    services.credentials.remove(hadleys.teresa, kept)
    services.works.change(hadleys.teresa, work, Made(title="Arches", words="", credential_id=kept))
    services.erasure.erase_credential(hadleys.teresa, kept)
    _learner, seen = services.works.work(hadleys.teresa, work)
    assert (seen.title, seen.credential_id) == ("Arches", "")


def test_o4_who_may_only_look_changes_no_work_and_strangers_find_none(services, hadleys, work):
    stranger, _learner = strangers(services)
    acts = (
        lambda actor: services.works.change(actor, work, ESSAY),
        lambda actor: services.works.put_file(actor, work, photo()),
        lambda actor: services.works.add(actor, hadleys.wren, ESSAY),
        lambda actor: services.erasure.erase_work(actor, work),
    )
    assert services.works.file(hadleys.marcus, work, FILE).data == photo()
    for act in acts:
        with pytest.raises(Refused):
            act(hadleys.marcus)
        for nobody in (stranger, hadleys.jonah):
            with pytest.raises(NotFound):
                act(nobody)
    with pytest.raises(NotFound):
        services.works.file(stranger, work, SHOWN)


def test_k1_no_file_of_the_wallet_holds_a_work_and_no_share_shows_one(services, hadleys, kept, work, tmp_path):
    choice = Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="Wren")
    share = services.shares.share(hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.wren, choice))
    told = repr(services.reading.record(share.token, reader="")).encode()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for word in (b"Zebrafinch", b"bridges hold", PLACE):
        assert word not in told
        assert word not in written


def test_the_archive_holds_works_with_their_files(services, hadleys, kept, work):
    services.works.add(hadleys.teresa, hadleys.wren, ESSAY)
    with zipfile.ZipFile(io.BytesIO(services.archive.pack(hadleys.teresa))) as archive:
        told = {line["title"]: line for line in json.loads(archive.read("index.json"))["works"] if line["file"]}
        assert archive.read(told[ESSAY.title]["file"]) == photo()
        assert len(json.loads(archive.read("index.json"))["works"]) == 2
    assert told[ESSAY.title]["award"] == f"credentials/{kept}.json"
    assert told[ESSAY.title]["words"] == ESSAY.words


def test_a_deleted_work_is_deleted_again_after_an_older_backup(services, hadleys, work, tmp_path):
    services.tools.database.close()
    shutil.copy(tmp_path / "wallet.db", tmp_path / "older.db")
    services.erasure.erase_work(hadleys.teresa, work)
    with pytest.raises(NotFound):
        services.works.work(hadleys.teresa, work)
    services.tools.database.close()
    (tmp_path / "older.db").replace(tmp_path / "wallet.db")
    for rest in ("wallet.db-wal", "wallet.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    again = wallet(tmp_path)
    try:
        assert again.erasure.replay() == 1
        assert again.works.page(hadleys.teresa, hadleys.wren, ALL).works.total == 0
    finally:
        again.tools.fetcher.close()
        again.tools.database.close()


def test_a_learner_is_erased_with_their_works(services, hadleys, work):
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    with pytest.raises(NotFound):
        services.works.work(hadleys.teresa, work)
