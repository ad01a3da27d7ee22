"""What a family adds by itself, of any kind: the credential is kept byte for byte, and what cannot be kept says why."""

import io
import json
import zipfile

import pytest
from PIL import Image

from kit.errors import BadInput, NotFound, Refused
from tests.unit.kit.intake import pictures as make
from tests.unit.wallet.samples import award, signer, strangers
from tests.unit.wallet.test_sharing import shared
from vc.baking import Standard, bake_png, bake_svg, unbake_png, unbake_svg
from vc.document import PRESENTATION_LIMITS as LIMITS
from vc.document import parse
from vc.jose import JwtForm, sign_credential
from vc.securing import open_document

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
PNG = make.saved(Image.new("L", (8, 8)))


def token(title="Bridge building", number=1):
    document = dict(parse(award(number, title=title, subject="did:example:wren"), limits=LIMITS).value)
    del document["proof"]
    return sign_credential(document, signer=signer(), form=JwtForm.OPEN_BADGES, embed_key=False, issued=None).encode()


def png(credential):
    return bake_png(PNG, credential, standard=Standard.OPEN_BADGES_3, replace=False)


def svg(credential):
    return bake_svg(SVG, credential, standard=Standard.OPEN_BADGES_3, replace=False)


def pdf(credential):
    return make.pdf(("award.json", credential))


@pytest.mark.parametrize(("pack", "kind"), [(png, "image/png"), (svg, "image/svg+xml"), (pdf, "application/pdf")])
@pytest.mark.parametrize("credential", [award(), token()], ids=["json", "token"])
def test_the_credential_and_the_file_in_which_it_came_are_both_kept_as_they_were(
    services, hadleys, pack, kind, credential
):
    given = pack(credential)
    arrival = services.credentials.add_file(hadleys.teresa, hadleys.wren, given)
    assert services.credentials.document(hadleys.teresa, arrival.credential_id) == credential
    original = services.credentials.original(hadleys.teresa, arrival.credential_id)
    assert (original.data, original.media_type) == (given, kind)
    view = services.credentials.look(hadleys.teresa, arrival.credential_id)
    assert (view.original, view.card.title) == (kind, "Bridge building")


def test_a_token_by_itself_has_no_original_and_is_found_shared_and_given_back(services, hadleys):
    data = token()
    arrival = services.credentials.add_file(hadleys.teresa, hadleys.wren, b"\n" + data + b" \n")
    assert services.credentials.document(hadleys.teresa, arrival.credential_id) == data
    with pytest.raises(NotFound):
        services.credentials.original(hadleys.teresa, arrival.credential_id)
    assert [card.title for card in services.credentials.search(hadleys.teresa, hadleys.wren, "bridge")] == [
        "Bridge building"
    ]
    services.credentials.check_again(hadleys.teresa, arrival.credential_id)
    with zipfile.ZipFile(io.BytesIO(services.archive.pack(hadleys.teresa))) as archive:
        assert archive.read(f"credentials/{arrival.credential_id}.jwt") == data


def test_the_award_as_a_picture_holds_the_bytes_that_are_kept(services, hadleys):
    for credential in (award(2), token("Raft building")):
        arrival = services.credentials.add_file(hadleys.teresa, hadleys.wren, credential)
        for form, unbake in (("png", unbake_png), ("svg", unbake_svg)):
            picture, media_type = services.credentials.picture(hadleys.teresa, arrival.credential_id, form)
            assert unbake(picture).text == credential
            assert media_type.startswith("image/")
        with pytest.raises(NotFound):
            services.credentials.picture(hadleys.teresa, arrival.credential_id, "gif")


def test_M9_an_altered_award_is_not_kept_whatever_picture_is_around_it(services, hadleys):
    evil = award().replace(b"ten kilograms", b"one kilogram ")
    for given in (png(evil), svg(evil), pdf(evil)):
        with pytest.raises(BadInput) as caught:
            services.credentials.add_file(hadleys.teresa, hadleys.wren, given)
        assert caught.value.type.endswith("#not-genuine")
    assert services.credentials.search(hadleys.teresa, hadleys.wren, "") == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (PNG, "holds no credential"),
        (b"https://wallet.example/s/fYy0m1cZ6WbP3sQeR7uVxA", "shows what somebody shares"),
        (b"javascript:alert(1)", "address is not opened"),
        (b"http://example.org/award.json", "https"),
        (make.pdf(("one.json", award(1)), ("two.json", award(2))), "more than one"),
        (b'{"type": ["VerifiableCredential"], "type": []}', "it does not say that it is one"),
        (json.dumps({"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}).encode(), "no award"),
    ],
)
def test_what_cannot_be_kept_says_why(services, hadleys, given, said):
    with pytest.raises(BadInput) as caught:
        services.credentials.add_file(hadleys.teresa, hadleys.wren, given)
    assert said in str(caught.value.detail)
    assert caught.value.remedy
    assert caught.value.field == "file"


def test_only_who_may_receive_adds_and_strangers_see_neither_file(services, hadleys):
    arrival = services.credentials.add_file(hadleys.teresa, hadleys.wren, png(award()))
    stranger, _learner = strangers(services)
    with pytest.raises((NotFound, Refused)):
        services.credentials.add_file(stranger, hadleys.wren, png(award(2)))
    for ask in (services.credentials.original, lambda *who: services.credentials.picture(*who, "png")):
        with pytest.raises(NotFound):
            ask(stranger, arrival.credential_id)


def test_deleting_for_good_takes_the_original_along(services, hadleys):
    arrival = services.credentials.add_file(hadleys.teresa, hadleys.wren, png(award()))
    services.credentials.remove(hadleys.teresa, arrival.credential_id)
    services.erasure.erase_credential(hadleys.teresa, arrival.credential_id)
    with services.tools.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM original").scalar() == 0


def test_a_token_is_shared_in_its_envelope_and_the_answer_verifies(services, hadleys):
    data = token()
    arrival = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, data)
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, arrival.credential_id)
    shown = services.reading.present(
        view.token, challenge="a-long-challenge", domain="https://reader.example", reader=""
    )
    inside = open_document(shown).value["verifiableCredential"]
    assert "EnvelopedVerifiableCredential" in json.dumps(inside)
