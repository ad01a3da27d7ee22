"""Who is asking, and for which organisation. Pages send strangers to the sign-in page (the kit's handler does)."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from issuer.service.context import Actor, Desk
from issuer.service.services import Services
from kit.accounts import Account, require_user


def services_of(request: Request) -> Services:
    """The services of this app."""
    found: Services = request.app.state.services
    return found


def actor_of(account: Annotated[Account, Depends(require_user)]) -> Actor:
    """Whoever is signed in. Raises: SignInRequired."""
    return Actor(user_id=account.id, name=account.name, scope=account.scope)


def desk_of(request: Request, slug: str, actor: Annotated[Actor, Depends(actor_of)]) -> Desk:
    """The desk at the organisation in the address. Raises: SignInRequired, NotFound."""
    return services_of(request).organisations.enter(actor, slug)


All = Annotated[Services, Depends(services_of)]
Who = Annotated[Actor, Depends(actor_of)]
At = Annotated[Desk, Depends(desk_of)]
