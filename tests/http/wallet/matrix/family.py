"""The learner and who has a say: names, guardians, invitations, the hand-over, leaving, court orders."""

from tests.http.wallet.matrix.route import (
    FORBIDDEN,
    MANAGE,
    MEMBER,
    MINE,
    NOT_FOUND,
    OK,
    OPERATOR,
    START,
    THEIRS,
    VIEW,
    Route,
)
from tests.http.wallet.matrix.things import ordered, orphaned, removed
from tests.http.wallet.matrix.world import PASSPHRASE

ONE, ONE_API = "/learners/{learner_id}", "/api/learners/{learner_id}"
TRUST = {"member": ":member", "scopes": ["view"]}
AUNT = {"kind": "guardian", "name": "Aunt", "scopes": ["view"]}
ORDER = {"learner": ":learner", "member": ":member", "reference": "5 DR 13"}
NAMED, NAMED_API = {"name": "Jo", "birth_date": ":birth"}, {"name": "Jo", "birthDate": ":birth"}

# A guardian gives away, and takes, no more than they hold.
NARROW = {"guardian who may manage": OK}
# In the bin there is nothing to look at: whoever may not take a learner out of it does not learn who is in it.
IN_BIN = dict.fromkeys(("guardian who may see", "guardian who may receive", "guardian who may share", "learner", "learner, the day before of age", "guardian whom a learner of age trusts"), NOT_FOUND)  # fmt: skip
# Of age, nobody else can take the sign-in away, and the learner can not either: nobody would reach the awards then.
NOT_YET = {"learner": FORBIDDEN, "learner, the day before of age": FORBIDDEN}
NO_FAMILY_YET = {"operator": START}
OF_AGE_STAYS = {"learner of age": FORBIDDEN}

ROUTES = (
    Route("GET", ONE, VIEW),
    Route("GET", ONE_API, VIEW),
    Route("GET", f"{ONE}/about", VIEW),
    Route("POST", f"{ONE}/about", MANAGE, NAMED),
    Route("PATCH", ONE_API, MANAGE, NAMED_API),
    Route("GET", f"{ONE}/remove", VIEW),
    Route("POST", f"{ONE}/remove", MANAGE),
    Route("DELETE", ONE_API, MANAGE),
    Route("POST", f"{ONE}/restore", MANAGE, first=removed, but=IN_BIN),
    Route("POST", f"{ONE_API}/restoration", MANAGE, first=removed, but=IN_BIN),
    Route("GET", f"{ONE}/erase", MANAGE, first=removed, but=IN_BIN),
    Route("POST", f"{ONE}/erase", MANAGE, first=removed, but=IN_BIN),
    Route("POST", f"{ONE_API}/erasure", MANAGE, first=removed, but=IN_BIN),
    Route("POST", f"{ONE}/sign-in/remove", MANAGE, but=OF_AGE_STAYS),
    Route("DELETE", f"{ONE_API}/sign-in", MANAGE, but=OF_AGE_STAYS),
    # Who has a say.
    Route("POST", f"{ONE}/guardians", MANAGE, TRUST),
    Route("POST", f"{ONE_API}/guardians", MANAGE, TRUST),
    Route("POST", "/guardianships/{guardianship_id}/end", MANAGE, but={"guardian who may see": OK}),  # it is theirs
    Route("DELETE", "/api/guardianships/{guardianship_id}", MANAGE, but={"guardian who may see": OK}),
    Route("POST", f"{ONE}/invitations", MANAGE, AUNT, good=(200,)),
    Route("POST", "/api/invitations", MANAGE, AUNT | {"learner": ":learner"}),
    Route("POST", "/invitations/{invitation_id}/withdraw", MANAGE),
    Route("DELETE", "/api/invitations/{invitation_id}", MANAGE),
    # Coming of age.
    Route("GET", f"{ONE}/handover", VIEW),
    Route("GET", f"{ONE_API}/handover", VIEW),
    Route("POST", f"{ONE}/handover", THEIRS, {"step": "links"}, but=NOT_YET),
    Route("PUT", f"{ONE_API}/handover/{{step}}", THEIRS, but=NOT_YET),
    # Leaving.
    Route("GET", "/leave", MEMBER),
    Route("POST", "/leave/archive", MEMBER, {"passphrase": PASSPHRASE, "again": PASSPHRASE}, good=(200, 403)),
    Route("POST", "/api/archive", MEMBER, {"passphrase": PASSPHRASE}, good=(200, 403)),
    # Nobody deletes a family without the password of their own; the page is any member's.
    Route("GET", "/leave/delete", MEMBER),
    Route("POST", "/leave/delete", MEMBER, {"password": "not mine"}, good=(403, 422)),
    Route("POST", "/api/family/erasure", MEMBER, {"password": "not mine"}, good=(403, 422)),
    # Arriving with an archive; how that stands is whoever's who brought it.
    Route("GET", "/restore", MEMBER),
    Route("POST", "/restore", MEMBER, {"passphrase": PASSPHRASE}, good=(422,)),
    Route("POST", "/api/restorations", MEMBER, {"archive": "", "passphrase": PASSPHRASE, "mine": False}, good=(422,)),
    Route("GET", "/restorations/{restoration_id}", MINE, but=NO_FAMILY_YET),
    Route("GET", "/api/restorations/{restoration_id}", MINE, but=NO_FAMILY_YET),
    Route("POST", "/restorations/{restoration_id}/again", MINE, but=NO_FAMILY_YET),
    Route("POST", "/api/restorations/{restoration_id}/attempt", MINE, but=NO_FAMILY_YET, good=(202,)),
    # What a court decided, which only the operator records.
    Route("POST", "/court-orders", OPERATOR, ORDER),
    Route(
        "POST",
        "/api/court-orders",
        OPERATOR,
        {"learner": ":learner", "member": ":member", "reference": "5", "stopLinks": True},
    ),
    Route("POST", "/court-orders/{order_id}/lift", OPERATOR, first=ordered),
    Route("POST", "/api/court-orders/{order_id}/lifting", OPERATOR, first=ordered),
    Route(
        "POST",
        "/court-orders/appointments",
        OPERATOR,
        {"learner": ":learner", "name": "Aunt"},
        good=(200,),
        first=orphaned,
    ),
    Route("POST", "/api/court-orders/appointments", OPERATOR, {"learner": ":learner", "name": "Aunt"}, first=orphaned),
)
