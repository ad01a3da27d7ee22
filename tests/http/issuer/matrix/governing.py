"""What an organisation wants otherwise than the server, and what waits for a second person there."""

from issuer.service.context import Actor
from issuer.service.second_person import PEOPLE, ask
from tests.http.issuer.matrix.route import API, APPROVE, PAGE, SETTINGS, Route, always

ROUTES = (
    Route("GET", f"{PAGE}/settings", SETTINGS),
    Route("POST", f"{PAGE}/settings", SETTINGS, always(undoMinutes="30", claimDays="", familyLanguage="es")),
    Route("GET", f"{API}/settings", SETTINGS),
    Route("PUT", f"{API}/settings", SETTINGS, always(undoMinutes=30, claimDays=90, familyLanguage="es")),
    Route("GET", f"{PAGE}/approvals", APPROVE),
    Route("GET", f"{PAGE}/approvals/{{approval_id}}", APPROVE),
    Route("POST", f"{PAGE}/approvals/{{approval_id}}", APPROVE, always(do="refuse", words="No.")),
    Route("GET", f"{API}/approvals", APPROVE),
    Route("GET", f"{API}/approvals/{{approval_id}}", APPROVE),
    Route("POST", f"{API}/approvals/{{approval_id}}", APPROVE, always(granted=False, words="No."), good=(200,)),
)


def _waiting(at):
    """Another role for somebody, asked for by the first owner."""
    services, owner = at.world.services, at.world.tenants[at.slug].owner
    desk = services.organisations.enter(Actor(user_id=owner.id, name=owner.name, scope=owner.scope), at.slug)
    about = {"account": at.ids["member"], "role": "viewer"}
    with services.context.database.session() as session:
        row = ask(
            session,
            services.context.keystore,
            desk,
            kind=PEOPLE,
            act="role",
            subject=at.ids["member"],
            about=about,
            now=services.context.now(),
        )
        return row.id


MAKERS = {"approval": _waiting}
