"""Open Badges 2.0: who praises a badge, and what a reader is shown of it."""

import pytest

from tests.attacks.old_badges import (
    ASSERTION,
    CLASS,
    HOST,
    ISSUER,
    LATER,
    LIST,
    assertion,
    at,
    badge_class,
    judge,
    profile,
    shelf,
)
from tests.attacks.world import NOW, policy, types
from vc import (
    Evidence,
    Url,
    Verdict,
)
from vc.credential_checks import Context
from vc.openbadges2 import OpenBadge2
from vc.policy import RecognisedIssuer

UNKNOWN = Verdict.COULD_NOT_BE_CHECKED
ENDORSEMENT = Url("https://friends.example/praise")
FRIENDS = Url("https://friends.example/issuer")


def context(*more, **changes):
    return Context(evidence=shelf(*more), policy=policy(**changes), now=NOW)


def known(**changes):
    entry = RecognisedIssuer(did=ISSUER, name="The Old School", list_name="Our list")
    return {"recognised": [entry]} | changes


class TestEndorsements:
    def endorsement(self, **changes):
        return {
            "@context": assertion()["@context"],
            "type": "Endorsement",
            "id": ENDORSEMENT,
            "claim": {"id": ASSERTION, "endorsementComment": "A good gate."},
            "issuer": FRIENDS,
            "issuedOn": "2018-01-01T00:00:00Z",
            "verification": {"type": "HostedBadge"},
        } | changes

    def judge(self, said, *more, reference=ENDORSEMENT):
        document = assertion(endorsement=[reference])
        friends = at(FRIENDS, profile(id=FRIENDS, name="Friends of Gates"))
        return judge(document, at(ENDORSEMENT, said), friends, *more, hosted=document)

    def test_one_that_holds(self):
        report = self.judge(self.endorsement())
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
        assert report.children[0].verdict is Verdict.GENUINE_AND_CURRENT
        assert report.check("credential").facts == {"part": "endorsement", "number": 1, "verdict": "genuineAndCurrent"}

    @pytest.mark.parametrize("about", [CLASS, ISSUER])
    def test_one_about_the_class_or_the_issuer(self, about):
        assert self.judge(self.endorsement(claim={"id": about})).verdict is Verdict.GENUINE_AND_CURRENT

    @pytest.mark.parametrize(
        "changes",
        [{"claim": {"id": LIST}}, {"claim": "praise"}, {"issuer": ISSUER}, {"type": "Assertion"}, {"id": CLASS}],
    )
    def test_one_that_does_not_hold_is_a_caution(self, changes):
        report = self.judge(self.endorsement(**changes))
        assert report.verdict is Verdict.GENUINE_BUT
        assert types(report) == {"child-caution"}

    def test_one_that_was_changed_in_the_copy(self):
        report = self.judge(self.endorsement(), reference=self.endorsement(issuedOn="2017-01-01T00:00:00Z"))
        assert report.verdict is Verdict.GENUINE_BUT
        assert report.children[0].verdict is Verdict.NOT_GENUINE

    def test_one_that_cannot_be_had(self):
        report = self.judge(b"", at(ENDORSEMENT, b"", final=404, error="http-status"))
        assert report.verdict is Verdict.GENUINE_BUT

    def test_too_many_are_not_looked_at(self):
        document = assertion(endorsement=[f"https://friends.example/{number}" for number in range(9)])
        report = judge(document, hosted=document)
        assert report.verdict is UNKNOWN
        assert "budget-exceeded" in types(report)


class TestView:
    def test_what_it_shows(self):
        view = OpenBadge2.view(assertion(expires=LATER), evidence=shelf())
        assert (view.name, view.description) == ("Welding", "Joins two plates.")
        assert (view.issuer_name, view.issuer_id) == ("The Old School", ISSUER)
        assert view.criteria == ("Weld a sound seam.", f"{HOST}/criteria")
        assert view.image == f"{HOST}/welding.png"
        assert view.evidence == ({"id": "https://old.example/gate", "narrative": "The gate."},)
        assert view.tags == ("metal",)
        assert view.narrative == "Welded a gate."
        assert view.issued_on
        assert view.expires

    def test_what_it_shows_with_nothing_at_hand(self):
        view = OpenBadge2.view({"badge": CLASS, "evidence": [5], "issuedOn": "today"}, evidence=Evidence())
        assert (view.name, view.issuer_id, view.criteria, view.image) == ("", "", ("", ""), "")
        assert view.evidence == ()
        assert view.issued_on is None
        assert view.mapped() == {
            "credentialSubject": {
                "achievement": {"achievementType": "Badge"},
                "identifier": [{"type": "IdentityObject", "hashed": False}],
            }
        }
        unreadable = OpenBadge2.view(assertion(), evidence=Evidence({CLASS: at(CLASS, b"<html>")}))
        assert unreadable.badge == {}

    def test_the_issuer_is_never_shown_as_it_is_copied(self):
        copied = assertion(badge=badge_class(issuer=profile(name="Harvard"), image={"id": f"{HOST}/2.png"}))
        view = OpenBadge2.view(copied, evidence=Evidence())
        assert (view.issuer_name, view.issuer_id, view.image) == ("", ISSUER, f"{HOST}/2.png")

    def test_it_is_mapped_for_display_and_is_no_credential(self):
        mapped = OpenBadge2.view(assertion(), evidence=shelf()).mapped()
        assert not {"@context", "type", "proof"} & mapped.keys()
        assert mapped["validFrom"] == mapped["awardedDate"] == "2017-03-03T10:00:00Z"
        subject = mapped["credentialSubject"]
        assert subject["achievement"]["name"] == "Welding"
        assert subject["identifier"][0]["identityType"] == "emailAddress"

    def test_for_whom_it_is(self):
        salted = {
            "type": "email",
            "hashed": True,
            "salt": "Kosher",
            "identity": "sha256$B5809D8A92F8858436D7E6B87C12EBC0AE1EAC4BAECC2C0B913AEE2C922EF399",
        }
        view = OpenBadge2.view(assertion(recipient=salted), evidence=shelf())
        assert view.is_for("a@example.com")
        assert not view.is_for("b@example.com")
        plain = OpenBadge2.view(assertion(recipient={"identity": "a@example.com", "hashed": False}), evidence=shelf())
        assert plain.is_for("a@example.com")
        assert not plain.is_for("")
        odd = OpenBadge2.view(assertion(recipient={"identity": "crc$1", "hashed": True}), evidence=shelf())
        assert not odd.is_for("a@example.com")
        assert OpenBadge2.view({"recipient": "x"}, evidence=shelf()).recipient == {}
