"""How often a link opens, its passcode, and what a minor may share without asking."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from kit.errors import BadInput, Conflict, Gone, NotFound, Refused
from kit.paging import window
from tests.unit.wallet.samples import award, strangers
from wallet.service.admitting import PasscodeWanted
from wallet.service.share_terms import MOST_MISSES
from wallet.service.share_views import Choice

QUESTION = {"challenge": "c" * 24, "domain": "https://verifier.example", "reader": ""}


def shared(services, actor, learner, recipient="Brightwater", **more):
    kept = services.credentials.add_file(services.hadleys.teresa, learner, award()).credential_id
    choice = Choice(
        credential_ids=(kept,), recipient=recipient, purpose="", until=date(2026, 12, 23), shown_name="A", **more
    )
    return services.shares.share(actor, services.shares.create(actor, learner, choice))


class World:
    def __init__(self, services, hadleys):
        self.hadleys = hadleys
        self.__dict__.update({name: getattr(services, name) for name in services.__slots__})


@pytest.fixture
def world(services, hadleys):
    return World(services, hadleys)


@pytest.fixture
def teresas(world, hadleys):
    return lambda **more: shared(world, hadleys.teresa, hadleys.teresa_learner, **more)


def read(services, token, passcode=""):
    return services.reading.record(token, reader="", passcode=passcode)


def ended(act):
    with pytest.raises(Gone) as caught:
        act()
    return caught.value.type.partition("#")[2], str(caught.value.title), str(caught.value.detail)


def test_a_link_opens_as_often_as_was_chosen_and_its_reader_goes_on_with_the_opened_link(services, hadleys, teresas):
    view = teresas(most_views=2)
    assert services.reading.front(view.token).views_left == 2
    first = read(services, view.token)
    services.reading.present(view.token, **QUESTION)
    told = services.shares.share(hadleys.teresa, view.id)
    assert (told.state, told.used_views, len(told.openings.items)) == ("usedUp", 2, 2)
    for act in (
        lambda: services.reading.front(view.token),
        lambda: read(services, view.token),
        lambda: services.reading.files(view.token, reader=""),
        lambda: services.reading.present(view.token, **QUESTION),
    ):
        assert ended(act)[0] == "share-ended"
    assert services.reading.files(first.opened, reader="").data
    assert services.reading.present(first.opened, **QUESTION)
    assert services.shares.share(hadleys.teresa, view.id).used_views == 2
    assert services.shares.page(hadleys.teresa, hadleys.teresa_learner, window(page="1", size="1")).working == 0


def test_an_opened_link_lasts_an_hour_and_ends_with_the_share(services, hadleys, teresas, clock):
    view = teresas(most_views=1)
    opened = read(services, view.token).opened
    clock.advance(timedelta(minutes=59))
    services.reading.files(opened, reader="")
    clock.advance(timedelta(minutes=1))
    ended(lambda: services.reading.files(opened, reader=""))
    other = teresas(most_views=1)
    opened = read(services, other.token).opened
    services.shares.recall(hadleys.teresa, other.id)
    ended(lambda: services.reading.files(opened, reader=""))


def test_j7_an_opening_of_one_share_opens_no_other(services, teresas):
    """Attack J7."""
    mine, other = teresas(most_views=1), teresas(most_views=1, passcode="otter 7")
    view_id = read(services, mine.token).opened[22:]
    with pytest.raises(PasscodeWanted):
        services.reading.files(other.token + view_id, reader="")
    saved = read(services, other.token, "otter 7").opened
    assert services.reading.files(saved, reader="").data, "its own does, without the passcode"


def test_j5_of_two_readers_at_the_last_opening_one_is_let_in(services, teresas):
    """Attack J5: also at once."""
    view = teresas(most_views=1)

    def once(_number):
        try:
            return read(services, view.token).opened != ""
        except Gone:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(once, range(4))) == [False, False, False, True]


def test_j6_every_end_of_a_link_gives_the_same_answer(services, hadleys, teresas, clock):
    """Attack J6: stopped, run out, used up, locked, emptied: a stranger cannot tell which."""
    used, stopped, locked, late = teresas(most_views=1), teresas(), teresas(passcode="otter 7"), teresas()
    read(services, used.token)
    services.shares.recall(hadleys.teresa, stopped.id)
    for _ in range(MOST_MISSES):
        with pytest.raises(PasscodeWanted):
            read(services, locked.token, "otter 8")
    answers = {ended(lambda t=one.token: read(services, t)) for one in (used, stopped, locked)}
    clock.instant = late.expires_at
    answers |= {ended(lambda: read(services, late.token)), ended(lambda: services.reading.front(late.token))}
    assert len(answers) == 1


def test_a_passcode_is_asked_for_and_a_wrong_one_opens_and_counts_nothing(services, hadleys, teresas):
    view = teresas(passcode="otter 7", most_views=3)
    assert view.has_passcode
    assert services.reading.front(view.token).asks_passcode
    for wrong in ("", "otter 8", "OTTER 7", "otter 7 "):
        for act in (
            lambda w=wrong: read(services, view.token, w),
            lambda w=wrong: services.reading.files(view.token, reader="", passcode=w),
            lambda w=wrong: services.reading.present(view.token, passcode=w, **QUESTION),
        ):
            with pytest.raises(PasscodeWanted):
                act()
    told = services.shares.share(hadleys.teresa, view.id)
    assert (told.openings.items, told.used_views, told.misses) == ((), 0, 9), "nothing typed is no try"
    read(services, view.token, "otter 7")
    assert services.shares.share(hadleys.teresa, view.id).misses == 9, "a right one takes no wrong one back"


def test_j2_a_locked_link_opens_for_nobody_until_the_family_sets_another_passcode(services, hadleys, teresas):
    """Attack J2: twenty tries in all, wherever they come from."""
    view = teresas(passcode="otter 7")

    def guess(number):
        try:
            read(services, view.token, f"guess {number}")
        except (PasscodeWanted, Gone) as error:
            return error.type.partition("#")[2]
        return "open"

    with ThreadPoolExecutor(4) as pool:
        kinds = list(pool.map(guess, range(MOST_MISSES + 6)))
    assert kinds.count("passcode") == MOST_MISSES
    ended(lambda: read(services, view.token, "otter 7"))
    assert services.shares.share(hadleys.teresa, view.id).state == "locked"
    services.shares.set_passcode(hadleys.teresa, view.id, "heron 12")
    with pytest.raises(PasscodeWanted):
        read(services, view.token, "otter 7")
    read(services, view.token, "heron 12")
    services.shares.set_passcode(hadleys.teresa, view.id, "")
    read(services, view.token)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"most_views": 0}, "most_views"), ({"most_views": 1001}, "most_views"), ({"passcode": "12345"}, "passcode"),
     ({"passcode": "a" * 61}, "passcode"), ({"passcode": "111111"}, "passcode")],
)  # fmt: skip
def test_limits_that_cannot_be_are_refused(services, teresas, more, field):
    with pytest.raises(BadInput) as caught:
        teresas(**more)
    assert caught.value.field == field


def test_k1_a_passcode_is_kept_as_a_sealed_hash(services, hadleys, teresas, tmp_path):
    """Attack K1."""
    view = teresas(passcode="otter 7 heron")
    files = b"".join(path.read_bytes() for path in tmp_path.glob("wallet.db*"))
    assert b"otter 7 heron" not in files
    assert "otter" not in repr(services.shares.share(hadleys.teresa, view.id))


# -- sharing without asking -------------------------------------------------------------------------------------------


def test_o8_a_minor_shares_with_a_permitted_recipient_without_asking_and_nobody_else(services, hadleys, world):
    """Attack O8: the guardian's say is given beforehand, by name."""
    services.allowing.allow(hadleys.teresa, hadleys.jonah_learner, "Grandma  Ruth")
    made = shared(world, hadleys.jonah, hadleys.jonah_learner, recipient="grandma ruth")
    assert (made.state, made.allowed, made.decided_by) == ("active", True, "Teresa")
    assert services.reading.present(made.token, **QUESTION)
    other = shared(world, hadleys.jonah, hadleys.jonah_learner, recipient="Grandma Rut")
    assert (other.state, other.allowed, other.waits_for) == ("waiting", False, "Teresa")
    assert shared(world, hadleys.teresa, hadleys.jonah_learner, recipient="Grandma Ruth").allowed is False


def test_approving_once_can_be_for_always(services, hadleys, world):
    first = shared(world, hadleys.jonah, hadleys.jonah_learner)
    services.shares.approve(hadleys.teresa, first.id, always=True)
    assert shared(world, hadleys.jonah, hadleys.jonah_learner).state == "active"
    (line,) = services.allowing.permissions(hadleys.jonah, hadleys.jonah_learner).lines
    assert (line.recipient, line.given_by, line.in_force) == ("Brightwater", "Teresa", True)
    with pytest.raises(Refused):
        services.allowing.withdraw(hadleys.jonah, line.id)
    services.allowing.withdraw(hadleys.teresa, line.id)
    waiting = shared(world, hadleys.jonah, hadleys.jonah_learner)
    assert waiting.state == "waiting"


def test_o7_a_permission_ends_with_its_givers_say(services, hadleys, world):
    """Attack O7: whoever may not approve any more has no standing approval either."""
    services.people.entrust(
        hadleys.teresa, hadleys.jonah_learner, member_id=hadleys.marcus.member_id, scopes=["share"], valid_until=None
    )
    services.allowing.allow(hadleys.marcus, hadleys.jonah_learner, "")
    assert shared(world, hadleys.jonah, hadleys.jonah_learner).decided_by == "Marcus"
    for one in services.people.learner(hadleys.teresa, hadleys.jonah_learner).guardianships:
        if one.member_name == "Marcus":
            services.people.end_guardianship(hadleys.teresa, one.id)
    assert shared(world, hadleys.jonah, hadleys.jonah_learner).state == "waiting"
    assert [one.in_force for one in services.allowing.permissions(hadleys.teresa, hadleys.jonah_learner).lines] == [
        False
    ]


def test_o8_who_may_permit_what(services, hadleys, world):
    """Attack O8: below the age of consent each recipient is named; a minor permits nothing; others find nothing."""
    with pytest.raises(BadInput):
        services.allowing.allow(hadleys.teresa, hadleys.wren, "")
    first = services.allowing.allow(hadleys.teresa, hadleys.wren, "Grandma")
    assert services.allowing.allow(hadleys.teresa, hadleys.wren, "GRANDMA ") == first
    with pytest.raises(Refused):
        services.allowing.allow(hadleys.jonah, hadleys.jonah_learner, "Anybody")
    with pytest.raises(Refused):
        services.allowing.allow(hadleys.marcus, hadleys.wren, "Anybody")
    with pytest.raises(Conflict):
        services.allowing.allow(hadleys.teresa, hadleys.teresa_learner, "Anybody")
    stranger, _learner = strangers(services)
    for act in (
        lambda: services.allowing.allow(stranger, hadleys.wren, "x"),
        lambda: services.allowing.permissions(stranger, hadleys.wren),
        lambda: services.allowing.withdraw(stranger, first),
    ):
        with pytest.raises(NotFound):
            act()
