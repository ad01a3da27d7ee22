"""Of what others say, the first so many that are about somebody: what is about another name takes no place."""

import pytest

from issuer.service.vouched import first_about

ABOUT = {"a": "did:web:a.example", "b": "did:web:b.example"}


def said(names):
    return [{"id": str(at), "credentialSubject": {"id": ABOUT[name]}} for at, name in enumerate(names)]


@pytest.mark.parametrize(
    ("names", "did", "found"),
    [
        ("", "a", []),
        ("ab", "a", [0]),
        ("bbbbbba", "a", [6]),
        ("bbbabba" * 2, "a", [3, 6, 10]),
        ("aaaaaa", "a", [0, 1, 2]),
        ("bbb", "a", []),
        ("abab", None, [0, 1, 2]),
    ],
)
def test_the_first_that_are_about_it_are_found_wherever_they_stand(names, did, found):
    everything, asked = said(names), []

    def read(offset, most):
        asked.append(offset)
        return everything[offset : offset + most]

    answer = first_about(ABOUT[did] if did else None, most=3, read=read)
    assert [int(each["id"]) for each in answer] == found
    assert asked == list(range(0, 3 * len(asked), 3)), "each once, in their order"
