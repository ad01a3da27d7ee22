"""Where else a learner stands who is erased: lines of sheets, what only the wallet gets, and notes about many."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from issuer.service.awarding.checking import unsealed_line
from issuer.store import tables
from tests.http.issuer.test_learners import WREN

SHEET = "Name,Roster number,E-mail,Final grade,Term\n"


@pytest.fixture
def learner(desk):
    return desk.client.post(f"{desk.base}/learners", json=WREN).json()


def erase(desk, learner):
    assert desk.client.delete(f"{desk.base}/learners/{learner['id']}").status_code == 204


def rows(services, table):
    with services.context.database.reading() as session:
        return session.scalars(select(table)).all()


def bring(desk, course, *lines, key):
    answer = desk.client.post(
        f"{desk.base}/sheets",
        json={"achievement": course["id"], "text": SHEET + "\n".join(lines)},
        headers={"Idempotency-Key": key},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_O10_lines_that_were_never_awarded_are_emptied_too_and_nobody_elses(desk, services, course, learner):
    sheet = bring(
        desk,
        course,
        "Wrenna Canaryhadley,r-77,,A-,Fall",
        "Wrenna C.,,Wrenna@canaryhadley.example.org,A-,Spring",
        "Jonah Hadley,R-7,,A-,Fall",
        key="1",
    )
    erase(desk, learner)
    vault = services.context.keystore.vault()
    said = {row.number: "".join(cell.text for cell in unsealed_line(vault, row).cells)
            for row in rows(services, tables.SheetLineRow)}  # fmt: skip
    assert said == {2: "", 3: "", 4: "Jonah HadleyR-7A-Fall"}
    found = desk.client.get(f"{desk.base}/sheets/{sheet}").json()
    assert found["counts"] == {"ok": 1, "problem": 2}, "nothing can be awarded of an empty line"
    assert desk.client.get(f"{desk.base}/sheets/{sheet}/rows").status_code == 200


def test_O10_what_only_the_wallet_gets_and_a_note_about_many_are_erased(desk, services, course, learner, wallet):
    assert desk.client.post(f"{desk.base}/keys", json={"kind": "p256", "use": "selective"}).status_code == 201
    services.context.clock.advance(timedelta(minutes=6))
    award = desk.award(course, learnerName="Wrenna Canaryhadley", identifier="R-77", format="ecdsa-sd-2023")
    assert wallet.claim(desk.client, award["claim"]["url"]).status_code == 200
    assert any(row.holder_sealed for row in rows(services, tables.SignedCredentialRow))
    chosen = {"credentials": [award["id"]], "reason": "wrongPerson", "note": "Wrenna moved away"}
    path = f"{desk.base}/withdrawals"
    seen = desk.client.post(path, json=chosen).json()
    begun = desk.client.post(
        path, json={**chosen, "seen": seen["seen"], "count": 1, "apply": True}, headers={"Idempotency-Key": "w"}
    )
    assert begun.status_code == 201, begun.text
    erase(desk, learner)
    assert {row.holder_sealed for row in rows(services, tables.SignedCredentialRow)} == {None}
    assert [(row.note_sealed, row.chosen) for row in rows(services, tables.WithdrawalRow)] == [(None, "{}")]
