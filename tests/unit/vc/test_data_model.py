"""Which edition of the data model a document follows, and when it holds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from vc import DocumentKind
from vc.credential import CONTEXT, CONTEXT_1, DataModel, VerifiableCredential, data_model, validity
from vc.problems import KindError, MalformedDateError, Unsupported
from vc.rules import rules
from vc.schema import violations

EARLY, LATE = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("context", "expected"),
    [([CONTEXT], DataModel.V2), (CONTEXT, DataModel.V2), ([CONTEXT_1, CONTEXT], DataModel.V1)],
)
def test_the_first_context_says_which_data_model_it_is(context: Any, expected: DataModel) -> None:
    assert data_model({"@context": context}) is expected


@pytest.mark.parametrize("context", [None, [], {}, 5, [{}], ["https://a.example/", CONTEXT], [[CONTEXT]]])
def test_any_other_first_context_is_that_of_no_credential(context: Any) -> None:
    with pytest.raises(KindError) as caught:
        data_model({"@context": context})
    assert caught.value.pointer == "/@context"


@pytest.mark.parametrize(
    ("context", "members", "start", "end", "names"),
    [
        (CONTEXT, {}, None, None, ("validFrom", "validUntil")),
        (CONTEXT, {"validFrom": EARLY, "validUntil": LATE}, 2026, 2027, ("validFrom", "validUntil")),
        (CONTEXT, {"issuanceDate": EARLY, "expirationDate": LATE}, None, None, ("validFrom", "validUntil")),
        (CONTEXT_1, {}, None, None, ("issuanceDate", "expirationDate")),
        (CONTEXT_1, {"issuanceDate": EARLY, "expirationDate": LATE}, 2026, 2027, ("issuanceDate", "expirationDate")),
        (CONTEXT_1, {"issuanceDate": EARLY, "validFrom": LATE}, 2027, None, ("validFrom", "expirationDate")),
        (CONTEXT_1, {"validUntil": EARLY, "expirationDate": LATE}, None, 2026, ("issuanceDate", "validUntil")),
    ],
)
def test_a_credential_holds_while_every_date_says_so(
    context: str, members: dict[str, Any], start: int | None, end: int | None, names: tuple[str, str]
) -> None:
    document = {"@context": [context], **members}
    found = validity(document)
    assert found.start == (start and datetime(start, 1, 1, tzinfo=UTC))
    assert found.end == (end and datetime(end, 1, 1, tzinfo=UTC))
    assert (found.start_name, found.end_name) == names
    view = VerifiableCredential.view(document)
    assert (view.valid_from, view.valid_until) == (found.start, found.end)


def test_a_date_that_is_none_is_named() -> None:
    with pytest.raises(MalformedDateError) as caught:
        validity({"@context": [CONTEXT_1], "issuanceDate": "2026-01-01"})
    assert caught.value.pointer == "/issuanceDate"


def test_a_kind_without_a_schema_is_not_supported() -> None:
    with pytest.raises(Unsupported):
        list(violations({"@context": [CONTEXT]}, kind=DocumentKind.OPEN_BADGE_2))
    assert not list(rules({"@context": [CONTEXT]}, kind=DocumentKind.CREDENTIAL))
