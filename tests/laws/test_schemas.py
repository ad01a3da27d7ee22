"""The quick library and the explaining one are of one opinion about every schema of ours."""

from itertools import islice
from typing import Any

import pytest

import schemas
from tests import whole_documents as whole
from tests.attacks.world import present, signed, status_list, unsigned
from tests.document_changes import changes
from vc.schema import compiled

RECORD = {name: value for name, value in whole.record().items() if name != "endorsement"} | {"issuer": whole.SCHOOL}
RECORD["credentialSubject"] = {**RECORD["credentialSubject"], "verifiableCredential": [whole.endorsement()]}

DOCUMENTS: dict[str, dict[str, Any]] = {
    "openbadges-3.0-achievementcredential.json": unsigned(),
    "openbadges-3.0-anyendorsementcredential.json": whole.endorsement(1),
    "openbadges-3.0-endorsementcredential.json": whole.endorsement(),
    "clr-2.0-clrcredential.json": RECORD,
    "status-list-credential.json": status_list(),
    "vcdm-2.0-credential.json": whole.endorsement(),
    "vcdm-1.1-credential.json": whole.endorsement(1),
    "vcdm-2.0-presentation.json": present(signed()),
}


@pytest.mark.parametrize("file", list(DOCUMENTS))
def test_what_decides_and_what_explains_agree(file: str) -> None:
    schema, document = compiled(file), DOCUMENTS[file]
    assert schema.decides.is_valid(document)
    asked = refused = 0
    for _, changed in islice(changes(document, file), 0, None, 3):
        allowed = schema.decides.is_valid(changed)
        assert allowed is schema.explains.is_valid(changed), changed
        asked, refused = asked + 1, refused + (not allowed)
    assert asked > refused > 0


def test_every_schema_of_ours_compiles() -> None:
    for entry in schemas.entries():
        compiled(entry.file)
