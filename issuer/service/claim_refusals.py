"""Why a claim leads to nothing (any more), in words for whoever opened its link or typed its code."""

from issuer.service.context import Organisation
from issuer.store import tables
from kit import zones
from kit.errors import Conflict, Gone, RequestError
from kit.i18n import _


def over(row: tables.ClaimRow) -> RequestError:
    """Somebody has it already, or the provider took the link back."""
    if row.state == "claimed":
        return Conflict(_("This award was kept in a wallet already. Open that wallet, or ask the provider."))
    return Gone(_("The provider took this claim link back. Ask them for a new one; nothing was lost."))


def taken(organisation: Organisation) -> Conflict:
    """Another wallet has it."""
    return Conflict(
        _(
            "This award was already kept in another wallet. If that was a mistake, ask %(name)s to release it.",
            name=organisation.name,
        ),
        title=_("Already kept in another wallet"),
    )


def withdrawn(organisation: Organisation, credential: tables.CredentialRow) -> Gone:
    """The award itself was withdrawn."""
    day = zones.day(credential.revoked, organisation.zone).isoformat() if credential.revoked else ""
    return Gone(
        _(
            "%(name)s withdrew this award on %(day)s: it does not count any more. If you think this is wrong, ask.",
            name=organisation.name,
            day=day,
        )
    )


def not_yet(organisation: Organisation, held: tables.JobRow) -> Conflict:
    """An award that is signed and held back, so that it can still be undone."""
    if held.undo_until is None:
        return Conflict(_("It is being signed, and will be handed out when all of its sheet is."), kind="held")
    time = zones.stamp(held.undo_until, organisation.zone)
    return Conflict(_("It was signed and will be handed out at %(time)s.", time=time), kind="held")


def ran_out(organisation: Organisation) -> Gone:
    """Only the link is over."""
    return Gone(
        _(
            "This link has run out. The award itself has not: ask %(name)s for a new link.",
            name=organisation.name,
        )
    )


def not_safe(organisation: Organisation) -> Conflict:
    """The one key that it could be signed with for a wallet is not safe any more."""
    return Conflict(
        _(
            "%(name)s signed this award with a key that is no longer safe, so it cannot be put into a wallet. "
            "Ask them to award it anew.",
            name=organisation.name,
        ),
        kind="key-not-safe",
    )
