import pytest

from kit.errors import BadInput
from wallet.service.text import plain, visible

INVISIBLE = [
    "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u00a0", "\u200b", "\u200d\u200c", "\ufeff", "\u00ad", "\u034f",
    "\ufe0f", "\u2060", "\u3000 \u3164", "\u180e", "\u0301", "\U000e0041",
]  # fmt: skip


@pytest.mark.parametrize("name", INVISIBLE)
def test_a_name_of_which_nothing_can_be_seen_is_no_name(name):
    """Attack O10: a learner or a guardian whom no list shows."""
    with pytest.raises(BadInput):
        plain(name, field="name", most=80)
    assert plain(name, field="purpose", most=80, required=False) == ""


@pytest.mark.parametrize(
    "name", ["Wren", "李", "म\u0939\u093e", "\U0001f469\u200d\U0001f33e", "O'Neil", "7", "\u3164a", "한"]
)
def test_a_name_in_any_script_can_be_seen(name):
    assert visible(name)


@pytest.mark.parametrize("name", INVISIBLE)
def test_no_learner_is_added_under_an_invisible_name(services, hadleys, name):
    with pytest.raises(BadInput):
        services.people.add_learner(hadleys.teresa, name=name, birth_date=None, myself=False)
