"""The rate card on both databases: what is asked for is found, one of two who are at it at once wins, nothing is mixed."""

import secrets
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from issuer.service.context import Actor
from issuer.service.drafts import OrganisationDraft
from issuer.service.offering_values import CountsDraft, OfferingDraft
from issuer.service.offerings import Filters
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from kit.clock import FixedClock
from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.paging import Window

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALL = Window(number=1, size=50)
HEADER = "offering_code,title,price,schedule,grades_or_ages\n"


@pytest.fixture
def services(issuer_url, tmp_path):
    settings = IssuerSettings(
        database_url=issuer_url,
        data_dir=tmp_path,
        public_url="http://localhost:8001",
        port=8001,
        key_hex=secrets.token_hex(32),
        loopback=True,
    )
    made = Services.build(settings, clock=FixedClock(instant=NOW))
    yield made
    made.close()


@pytest.fixture
def actor(services):
    account = services.accounts.create_user(
        login="admin", password="four words in a row", name="Ada", scope="administrator"
    )
    return Actor(user_id=account.id, name="Ada", scope="administrator")


@pytest.fixture
def desk(services, actor):
    services.organisations.open(actor, OrganisationDraft(name="Maple"))
    return services.organisations.enter(actor, "maple")


@pytest.fixture
def other(services, actor):
    services.organisations.open(actor, OrganisationDraft(name="Alvarez"))
    return services.organisations.enter(actor, "alvarez")


@pytest.fixture
def card(services, desk):
    """Five offerings of which each filter takes some."""
    drafts = [
        OfferingDraft(code="BRIDGE", title="Bridge builders", price="165", schedule="Tue 09:15-11:15",
                      grades_or_ages="4-6", subject="engineering", term="Fall 2026", seats="14", seats_taken="13"),
        OfferingDraft(code="CLAY", title="Cerámica", price="95", schedule="Wed 16:00-17:30",
                      grades_or_ages="8-12 years", subject="arts", term="2026-27", seats="8", seats_taken="8"),
        OfferingDraft(code="BAND", title="Band", price="0", schedule="Wed, Fri 14:00-14:45",
                      grades_or_ages="K-5", subject="arts", term="2026-27"),
        OfferingDraft(code="ALG2", title="Algebra II", schedule="daily, period 2", grades_or_ages="9-12",
                      subject="mathematics", term="2026-27", state="full"),
        OfferingDraft(code="LATER", title="Later", price="10", grades_or_ages="5", state="draft"),
        OfferingDraft(code="PAST", title="Past", price="10", grades_or_ages="5", state="closed"),
    ]  # fmt: skip
    return {draft.code: services.offerings.create(desk, draft) for draft in drafts}


NARROWED = [
    ({}, ["ALG2", "BAND", "BRIDGE", "CLAY"]),
    ({"grade": "5"}, ["BAND", "BRIDGE"]),
    ({"grade": "k"}, ["BAND"]),
    ({"grade": "12"}, ["ALG2"]),
    ({"age": "10"}, ["CLAY"]),
    ({"subject": "arts"}, ["BAND", "CLAY"]),
    ({"term": "Fall 2026"}, ["BRIDGE"]),
    ({"day": "wed"}, ["BAND", "CLAY"]),
    ({"day": "fri"}, ["BAND"]),
    ({"most": "95"}, ["BAND", "CLAY"]),
    ({"most": "94,99"}, ["BAND"]),
    ({"seats": True}, ["BAND", "BRIDGE"]),
    ({"words": "ceramica"}, ["CLAY"]),
    ({"words": "BUILD bridge"}, ["BRIDGE"]),
    ({"words": "100%"}, []),
    ({"words": "_"}, []),
    ({"subject": "arts", "seats": True, "grade": "3"}, ["BAND"]),
    ({"state": "draft"}, ["ALG2", "BAND", "BRIDGE", "CLAY"]),
]
NO_FILTERS = [
    ({"grade": "13"}, "grade"),
    ({"age": "old"}, "age"),
    ({"day": "someday"}, "day"),
    ({"most": "much"}, "price"),
]


def test_the_public_card_is_narrowed_to_what_is_wanted(services, card):
    found = []
    for filters, _codes in NARROWED:
        _organisation, page = services.offerings.public("maple", ALL, Filters(**filters))
        assert page.total == len(page.items)
        found.append((filters, sorted(item.values.code for item in page.items)))
    assert found == NARROWED


def test_what_is_no_filter_is_told(services, desk):
    for filters, field in NO_FILTERS:
        with pytest.raises(BadInput) as refused:
            services.offerings.public("maple", ALL, Filters(**filters))
        assert refused.value.field == field


def test_a_list_comes_by_pages(services, desk, card):
    pages = [services.offerings.listing(desk, Window(number=number, size=4), Filters()) for number in (1, 2)]
    titles = [item.values.title for page in pages for item in page.items]
    assert (len(pages[0].items), len(pages[1].items), pages[0].total) == (4, 2, 6)
    assert len(set(titles)) == 6
    assert [item.values.code for item in services.offerings.listing(desk, ALL, Filters(state="draft")).items] == [
        "LATER"
    ]


def test_what_is_kept_is_what_was_said(services, desk):
    draft = OfferingDraft(
        title="Health online", price="180.50", credits="0,125", weekly_hours="2.50", instructor_email="ida@example.org",
        seats="3", skills=("PB.H.1", "ñ"), funding=("family", "esa_like"), start_date="2027-01-11",
        counts=(CountsDraft(program="Prairie Bridge", area="Health", credits="0.5"),
                CountsDraft(program="Oak", area="Elective", method="reviewOfWork")),
    )  # fmt: skip
    made = services.offerings.create(desk, draft)
    assert made.values.code == "HEALTH-ONLINE"
    found = services.offerings.one(desk, made.id, private=True)
    assert found.values == replace(services.offerings.read(draft), code="HEALTH-ONLINE")
    assert (str(found.values.price), str(found.values.credits)) == ("180.50", "0.125")
    assert [(each.program, each.area, each.method) for each in found.values.counts] == [
        ("Prairie Bridge", "Health", "courseCompletion"),
        ("Oak", "Elective", "reviewOfWork"),
    ]
    assert services.offerings.one(desk, made.id).values.instructor_email == ""
    assert services.offerings.create(desk, OfferingDraft(title="Health online")).values.code == "HEALTH-ONLINE-2"


def test_an_address_is_sealed(services, desk):
    services.offerings.create(desk, OfferingDraft(title="A", instructor_email="priya@example.org"))
    with services.context.database.reading() as session:
        rows = [dict(row) for row in session.execute(text("SELECT * FROM offering")).mappings()]
    assert rows[0]["instructor_email_sealed"]
    assert "priya" not in str(rows)


def test_an_edit_of_what_somebody_else_changed_is_refused(services, desk, card):
    one = card["BRIDGE"]
    services.offerings.edit(desk, one.id, OfferingDraft(title="Bridges"), version=1)
    with pytest.raises(Conflict):
        services.offerings.edit(desk, one.id, OfferingDraft(title="Brücken"), version=1)
    found = services.offerings.one(desk, one.id)
    assert (found.values.title, found.version, found.values.code) == ("Bridges", 2, "BRIDGE")


def test_a_code_stands_once_in_an_organisation(services, desk, other, card):
    with pytest.raises(Conflict) as refused:
        services.offerings.create(desk, OfferingDraft(code="BRIDGE", title="Another"))
    assert refused.value.field == "code"
    with pytest.raises(Conflict):
        services.offerings.edit(desk, card["CLAY"].id, OfferingDraft(code="BRIDGE", title="Clay"), version=None)
    services.offerings.create(other, OfferingDraft(code="BRIDGE", title="Theirs"))


def test_O4_nothing_of_another_organisation_is_there(services, desk, other, card):
    theirs = card["BRIDGE"].id
    for act in (
        lambda: services.offerings.one(other, theirs),
        lambda: services.offerings.edit(other, theirs, OfferingDraft(title="Mine"), version=None),
        lambda: services.offerings.move(other, theirs, state="closed"),
        lambda: services.offerings.public_one("alvarez", theirs),
    ):
        with pytest.raises(NotFound):
            act()
    report = services.offering_sheets.look(other, (HEADER + "BRIDGE,Mine,1,,\n").encode())
    assert [line.change for line in report.lines] == ["new"]
    services.offering_sheets.apply(other, (HEADER + "BRIDGE,Mine,1,,\n").encode(), seen=report.seen)
    assert services.offerings.one(desk, theirs).values.title == "Bridge builders"


def test_a_row_cannot_point_into_another_organisation(services, other, card):
    with pytest.raises(IntegrityError), services.context.database.session() as session:
        session.execute(
            text(
                "INSERT INTO offering_counts (organisation_id, offering_id, position, program, area, method, "
                "document_url) VALUES (:other, :offering, 0, 'a', 'b', 'c', '')"
            ),
            {"other": other.organisation.id, "offering": card["BRIDGE"].id},
        )


def test_whoever_only_looks_changes_nothing(services, desk, card):
    viewer = replace(desk, role="viewer")
    sheet = (HEADER + "NEW,New,1,,\n").encode()
    for act in (
        lambda: services.offerings.create(viewer, OfferingDraft(title="New")),
        lambda: services.offerings.edit(viewer, card["BRIDGE"].id, OfferingDraft(title="New"), version=None),
        lambda: services.offerings.move(viewer, card["BRIDGE"].id, state="closed"),
        lambda: services.offering_sheets.look(viewer, sheet),
        lambda: services.offering_sheets.apply(viewer, sheet, seen=""),
        lambda: services.offering_sheets.export(viewer),
    ):
        with pytest.raises(Refused):
            act()
    assert services.offerings.listing(viewer, ALL, Filters()).total == 6


def everything(services):
    with services.context.database.reading() as session:
        return [
            sorted(str(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table}")))
            for table in ("offering", "offering_counts", "audit")
        ]


def test_a_sheet_with_one_bad_row_changes_nothing(services, desk, card):
    sheet = (HEADER + "BRIDGE,Bridges,1,,\nNEW,New,2,Tus 9:00-10:00,\n").encode()
    before = everything(services)
    report = services.offering_sheets.look(desk, sheet)
    assert [(line.number, line.change) for line in report.lines] == [(2, "changed"), (3, "problem")]
    assert [str(each.detail) for each in report.lines[1].troubles] == ["“Tus” is not a day of the week."]
    with pytest.raises(BadInput):
        services.offering_sheets.apply(desk, sheet, seen=report.seen)
    assert everything(services) == before


def test_what_was_looked_at_is_what_is_applied(services, desk, card):
    sheet = (HEADER + "BRIDGE,Bridges,1,,\nNEW,New,2,,\n").encode()
    report = services.offering_sheets.look(desk, sheet)
    services.offerings.move(desk, card["BRIDGE"].id, state="closed")
    before = everything(services)
    with pytest.raises(Conflict):
        services.offering_sheets.apply(desk, sheet, seen=report.seen)
    assert everything(services) == before
    done = services.offering_sheets.apply(desk, sheet, seen=services.offering_sheets.look(desk, sheet).seen)
    assert done.applied
    found = services.offerings.one(desk, card["BRIDGE"].id).values
    assert (found.title, found.state, found.seats, found.grades_or_ages) == ("Bridges", "closed", 14, "")


def test_the_same_sheet_by_two_people_at_once_is_applied_once(services, desk):
    sheet = (HEADER + "".join(f"C{number},Class {number},{number},,\n" for number in range(40))).encode()
    seen = services.offering_sheets.look(desk, sheet).seen
    told = []
    start = threading.Barrier(4)

    def bring():
        start.wait()
        try:
            told.append(services.offering_sheets.apply(desk, sheet, seen=seen).applied)
        except Conflict:
            told.append(False)

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, False, False, True]
    assert services.offerings.listing(desk, ALL, Filters()).total == 40


def test_the_same_title_by_two_people_at_once_gets_two_codes(services, desk):
    start = threading.Barrier(4)
    codes = []

    def make():
        start.wait()
        codes.append(services.offerings.create(desk, OfferingDraft(title="Clay")).values.code)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["CLAY", "CLAY-2", "CLAY-3", "CLAY-4"]


def test_what_goes_out_comes_back_in_and_changes_nothing(services, desk, card):
    services.offerings.edit(
        desk,
        card["CLAY"].id,
        OfferingDraft(code="CLAY", title="=1+1", instructor_email="a@example.org", description="-two\nlines; =3",
                      counts=(CountsDraft(program='+Prairie; "Bridge"', area="@Arts", credits="0.25"),)),
        version=None,
    )  # fmt: skip
    sheet = services.offering_sheets.export(desk)
    before = everything(services)
    report = services.offering_sheets.look(desk, sheet)
    assert {line.change for line in report.lines} == {"same"}
    services.offering_sheets.apply(desk, sheet, seen=report.seen)
    assert everything(services) == before
    assert services.offering_sheets.export(desk) == sheet
