"""Frameworks keep the same promises on SQLite and on PostgreSQL: searched alike, replaced whole, apart."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from issuer.service.frameworks import Search
from issuer.store import frameworks, tables
from kit.paging import Window
from tests.contracts.test_issuer_store import achievement, desk, services
from tests.http.issuer.conftest import CASE

__all__ = ["achievement", "desk", "services"]
ALL = Window(number=1, size=50)


def found(services, desk, **asked):
    return [item.code for item in services.frameworks.search(desk, Search(**asked), ALL).items]


def test_items_are_searched_alike_on_both_databases(services, desk):
    added = services.frameworks.add(desk, json.dumps(CASE).encode())
    assert found(services, desk) == ["CB.N", "CB.N.1", "CB.W"]
    assert found(services, desk, words="NUMERO fraccion") == ["CB.N"]
    assert found(services, desk, words="50%") == ["CB.W"]
    assert found(services, desk, words="n_1", framework=added.id) == ["CB.W"]
    assert found(services, desk, level="05") == ["CB.N.1"]
    services.frameworks.add_shipped(desk, "prairie-bridge")
    assert found(services, desk, words="fractions", framework=added.id) == ["CB.N.1"]
    assert found(services, desk, words="pb.m.f.1") == ["PB.M.F.1"]


def test_a_framework_is_replaced_whole_and_removed_whole(services, desk, achievement):
    added = services.frameworks.add(desk, json.dumps(CASE).encode())
    items = services.frameworks.items(desk, added.id, [0, 1])
    changed = services.achievements.align(
        desk, achievement.id, [item.alignment() for item in items], at="", version=None
    )
    newer = {**CASE, "CFItems": CASE["CFItems"][:1], "CFAssociations": []}
    assert services.frameworks.add(desk, json.dumps(newer).encode()).item_count == 1
    assert found(services, desk) == ["CB.N.1"]
    services.frameworks.remove(desk, added.id)
    assert found(services, desk) == []
    assert services.achievements.one(desk.organisation, achievement.id).body == changed.body


def test_no_item_points_into_another_organisation(services, desk):
    added = services.frameworks.add(desk, json.dumps(CASE).encode())
    with services.context.database.reading() as session:
        row = frameworks.items(session, desk.organisation.id, added.id, [0])[0]
        values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    stray = tables.FrameworkItemRow(**{**values, "position": 99, "organisation_id": "another"})
    with services.context.database.session() as session:
        session.add(stray)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_the_same_framework_handed_in_by_many_at_once_is_there_once(services, desk):
    data = [
        json.dumps({**CASE, "CFItems": CASE["CFItems"][:count], "CFAssociations": []}).encode()
        for count in (1, 2, 3, 3)
    ]
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda package: services.frameworks.add(desk, package), data))
    (kept,) = services.frameworks.listing(desk, ALL).items
    assert {one.id for one in added} == {kept.id}
    assert len(found(services, desk)) == kept.item_count
