"""A court ended a guardianship: at once, for good until it is lifted, and also in a backup that is restored later."""

import json
import shutil
from datetime import date, timedelta

import pytest

from kit.errors import BadInput, Conflict, Gone, NotFound, Refused
from kit.paging import window
from tests.unit.wallet.samples import PASSWORD, award, strangers, wallet
from wallet import store
from wallet.service.authority import Right
from wallet.service.shares import Choice

EVERYTHING = ["view", "receive", "share", "manage"]
FIRST = window(page="")


@pytest.fixture
def operator(services):
    accounts = services.tools.accounts
    return accounts.create_user(login="office", password=PASSWORD, name="Office", scope="administrator")


@pytest.fixture
def both(services, hadleys):
    """Marcus may do everything for Wren, as Teresa, who brought her in."""
    give(services, hadleys)
    return hadleys


def give(services, hadleys, giver=None, member=None):
    services.people.entrust(
        giver or hadleys.teresa,
        hadleys.wren,
        member_id=(member or hadleys.marcus).member_id,
        scopes=EVERYTHING,
        valid_until=None,
    )


def record(services, operator, hadleys, who=None, *, stop_links=True):
    member = who or hadleys.teresa
    return services.court_orders.record(
        operator, learner_id=hadleys.wren, member_id=member.member_id, reference="Polk 17-442", stop_links=stop_links
    )


def share(services, actor, learner):
    kept = services.credentials.add_file(actor, learner, award()).credential_id
    choice = Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="W")
    return services.shares.create(actor, learner, choice)


def test_O6_it_holds_at_the_next_request_also_for_whoever_brought_the_learner_in(services, both, operator):
    record(services, operator, both)
    with pytest.raises(NotFound):
        services.people.learner(both.teresa, both.wren)
    assert services.people.learner(both.teresa, both.jonah_learner), "for the brother nothing was decided"
    held = services.people.learner(both.marcus, both.wren)
    assert held.learner.rights >= {Right.MANAGE, Right.SHARE, Right.RECEIVE}
    assert [one.member_name for one in held.guardianships] == ["Marcus"]


def test_the_links_that_the_guardian_made_stop_and_those_of_others_go_on(services, both, operator):
    hers, his = share(services, both.teresa, both.wren), share(services, both.marcus, both.wren)
    _order, stopped = record(services, operator, both)
    assert stopped == 1
    assert [services.shares.share(both.marcus, one).state for one in (hers, his)] == ["recalled", "active"]


def test_the_links_stay_where_the_operator_says_so(services, both, operator):
    hers = share(services, both.teresa, both.wren)
    assert record(services, operator, both, stop_links=False)[1] == 0
    assert services.shares.share(both.marcus, hers).state == "active"


def test_nobody_of_the_family_gives_the_say_back(services, both, operator):
    record(services, operator, both)
    with pytest.raises(Refused):
        give(services, both, giver=both.marcus, member=both.teresa)
    with services.tools.database.session() as session:  # a row that came in some other way opens nothing either
        home = services.people.open(session, both.marcus)
        services.people.entrust_member(
            home, both.wren, both.teresa.member_id, frozenset({"view"}), until=None, basis="guardian"
        )
    with pytest.raises(NotFound):
        services.people.learner(both.teresa, both.wren)


def test_a_link_that_was_made_before_opens_nothing_afterwards(services, both, operator):
    token = services.invitations.invite(
        both.teresa, kind="guardian", name="Friend", learner_id=both.wren, scopes=EVERYTHING
    )
    record(services, operator, both)
    with pytest.raises(Gone):
        services.joining.join(token, login="friend", password=PASSWORD, name="Friend", family_name="")


def test_at_majority_nothing_comes_back_but_what_the_learner_gives(services, both, operator, clock):
    token = services.invitations.invite(both.marcus, kind="learner", name="Wren", learner_id=both.wren)
    wren = both.actor(services.joining.join(token, login="wren", password=PASSWORD, name="Wren", family_name=""))
    record(services, operator, both)
    clock.advance(timedelta(days=365 * 8))
    assert services.people.family(both.teresa).left_behind == ()
    services.people.entrust(wren, both.wren, member_id=both.teresa.member_id, scopes=["view"], valid_until=None)
    assert services.people.learner(both.teresa, both.wren).learner.rights == {Right.VIEW}


def test_a_former_guardian_makes_no_link_for_a_learner_of_age(services, both, operator, clock):
    record(services, operator, both)
    clock.advance(timedelta(days=365 * 8))
    assert services.people.family(both.teresa).left_behind == ()
    with pytest.raises(NotFound):
        services.invitations.invite(both.teresa, kind="learner", name="Wren", learner_id=both.wren)


def test_lifted_the_family_may_trust_again_and_nothing_comes_back_by_itself(services, both, operator):
    order, _stopped = record(services, operator, both)
    services.court_orders.lift(operator, order)
    with pytest.raises(NotFound):
        services.people.learner(both.teresa, both.wren)
    give(services, both, giver=both.marcus, member=both.teresa)
    assert Right.MANAGE in services.people.learner(both.teresa, both.wren).learner.rights
    with pytest.raises(Conflict):
        services.court_orders.lift(operator, order)
    assert record(services, operator, both)[0] != order, "another order can be recorded"


def test_where_nobody_is_left_the_operator_makes_a_link_for_the_new_guardian(services, hadleys, operator):
    services.people.end_guardianship(
        hadleys.teresa,
        next(
            one.id
            for one in services.people.learner(hadleys.teresa, hadleys.wren).guardianships
            if one.member_name == "Marcus"
        ),
    )
    with pytest.raises(Conflict):
        services.court_orders.appoint(operator, hadleys.wren, name="Gran")
    record(services, operator, hadleys)
    (seen,) = services.court_orders.page(operator, FIRST).items
    assert not seen.managed
    token = services.court_orders.appoint(operator, hadleys.wren, name="Gran")
    assert services.people.family(hadleys.teresa).invitations == (), "the family neither sees nor withdraws it"
    late = services.court_orders.appoint(operator, hadleys.wren, name="Uncle")
    gran = hadleys.actor(services.joining.join(token, login="gran", password=PASSWORD, name="Gran", family_name=""))
    assert Right.MANAGE in services.people.learner(gran, hadleys.wren).learner.rights
    with pytest.raises(Gone):
        services.joining.join(late, login="uncle", password=PASSWORD, name="Uncle", family_name="")
    give(services, hadleys, giver=gran, member=hadleys.marcus)


def test_only_an_administrator_does_any_of_it(services, both, operator):
    member = services.tools.accounts.find_by_login("marcus")
    for act in (
        lambda: services.court_orders.of_login(member, "teresa"),
        lambda: services.court_orders.page(member, FIRST),
        lambda: record(services, member, both),
        lambda: services.court_orders.lift(member, "x"),
        lambda: services.court_orders.appoint(member, both.wren, name="X"),
    ):
        with pytest.raises(Refused):
            act()
    assert services.people.learner(both.teresa, both.wren)


def test_what_cannot_be_is_refused_and_changes_nothing(services, both, operator):
    stranger, pia = strangers(services)
    orders = services.court_orders
    for learner, member, reference, error in (
        (both.wren, both.teresa.member_id, " ", BadInput),
        (both.wren, stranger.member_id, "x", NotFound),
        (pia, both.teresa.member_id, "x", NotFound),
        ("nobody", both.teresa.member_id, "x", NotFound),
        (both.teresa_learner, both.teresa.member_id, "x", NotFound),
    ):
        with pytest.raises(error):
            orders.record(operator, learner_id=learner, member_id=member, reference=reference, stop_links=True)
    with pytest.raises(NotFound):
        orders.of_login(operator, "nobody")
    with pytest.raises(NotFound):
        orders.of_login(operator, "office")
    assert services.people.learner(both.teresa, both.wren)
    record(services, operator, both)
    with pytest.raises(Conflict):
        record(services, operator, both)


def test_the_operator_sees_who_may_do_what_and_each_look_is_in_the_audit(services, both, operator):
    found = services.court_orders.of_login(operator, "teresa")
    assert {(one.learner_name, one.others) for one in found} == {("Wren Hadley", 1), ("Jonah Hadley", 0)}
    order, _stopped = record(services, operator, both)
    (seen,) = services.court_orders.page(operator, FIRST).items
    assert (seen.id, seen.reference, seen.member_name, seen.managed) == (order, "Polk 17-442", "Teresa", True)
    with services.tools.database.reading() as session:
        actions = [row.action for row in session.execute(store.AUDIT.select()) if row.actor == operator.id]
    assert actions == ["guardians.look", "order.record", "orders.look"]


def test_P7_a_restored_backup_gives_back_neither_an_ended_nor_a_court_ended_say(services, both, operator, tmp_path):
    database, folder = tmp_path / "wallet.db", tmp_path / "later"
    marcus = next(
        one.id for one in services.people.learner(both.teresa, both.wren).guardianships if one.member_name == "Marcus"
    )
    gran_token = services.invitations.invite(
        both.teresa, kind="guardian", name="Gran", learner_id=both.wren, scopes=EVERYTHING
    )
    gran = both.actor(services.joining.join(gran_token, login="gran", password=PASSWORD, name="Gran", family_name=""))
    services.tools.database.close()
    folder.mkdir()
    shutil.copy(database, folder / "wallet.db")
    record(services, operator, both)
    services.people.end_guardianship(gran, marcus)
    shutil.copy(tmp_path / "wallet-erased.jsonl", folder / "wallet-erased.jsonl")

    again = wallet(folder)
    try:
        assert again.court_orders.replay() == 2
        assert again.court_orders.replay() == 0
        for actor in (both.teresa, both.marcus):
            with pytest.raises(NotFound):
                again.people.learner(actor, both.wren)
        (seen,) = again.court_orders.page(operator, FIRST).items
        assert seen.reference == ""
        with pytest.raises(Refused):
            give(again, both, giver=gran, member=both.teresa)
        again.court_orders.lift(operator, seen.id)
        give(again, both, giver=gran, member=both.teresa)
        assert again.court_orders.replay() == 0, "what was lifted stays lifted"
    finally:
        again.tools.fetcher.close()
        again.tools.database.close()


def test_the_journal_names_nobody(services, both, operator, tmp_path):
    record(services, operator, both)
    (line,) = [json.loads(raw) for raw in (tmp_path / "wallet-erased.jsonl").read_text().splitlines()][-1:]
    assert set(line) == {"kind", "id", "learner", "member", "at"}
    assert "Polk" not in (tmp_path / "wallet-erased.jsonl").read_text()


def test_an_erased_learner_takes_the_orders_along(services, both, operator):
    record(services, operator, both)
    services.erasure.remove_learner(both.marcus, both.wren)
    services.erasure.erase_learner(both.marcus, both.wren)
    assert services.court_orders.page(operator, FIRST).items == []
    assert services.court_orders.replay() == 0
