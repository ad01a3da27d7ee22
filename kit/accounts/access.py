"""Who is asking, for endpoints. Use as dependencies, or call them in a sync endpoint."""

from __future__ import annotations

from starlette.requests import Request

from kit.accounts.service import Account
from kit.errors import SignInRequired
from kit.web.visit import visit_of


def current_user(request: Request) -> Account | None:
    """Whoever is signed in, by cookie or bearer token; None for a stranger."""
    found = visit_of(request).account()
    return found if isinstance(found, Account) else None


def require_user(request: Request) -> Account:
    """Whoever is signed in. `Annotated[Account, Depends(require_user)]`.

    Raises: SignInRequired; a page then leads to the sign-in page and back, the API answers 401.
    """
    found = current_user(request)
    if found is None:
        raise SignInRequired
    return found
