"""A service of the issuer asks for the right before it does anything for a desk; what only reads is named here."""

import ast

from tests.architecture.catalogue import ROOT

READS = {
    "AwardService.draft_of",
    "CredentialService.counts",
    "CredentialService.document",
    "CredentialService.file",
    "CredentialService.identifier",
    "CredentialService.listing",
    "CredentialService.note",
    "CredentialService.one",
    "CredentialService.story",
    "CredentialService.versions",
    "OfferingService.listing",
    "OfferingService.one",
    "EndorsementService.document",
    "EndorsementService.listing",
    "EndorsementService.one",
    "ReceivedService.listing",
    "ReceivedService.one",
    "OrganisationService.audit_page",
    "PeopleService.member",
    "PeopleService.members",
    "PeopleService.open_invitations",
    "KeyService.key",
    "KeyService.signed_after",
    "KeyService.signed_thing",
    "KeyService.vouched_after",
}


def works_for_a_desk(method):
    """Whether it is public, and works for a desk."""
    arguments = method.args.args if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") else ()
    return any(each.annotation and ast.unparse(each.annotation) == "Desk" for each in arguments)


def acts():
    """Every public method of a service that works for a desk, and its first statement."""
    for path in sorted((ROOT / "issuer/service").rglob("*.py")):
        for service in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(service, ast.ClassDef) and service.name.endswith("Service"):
                for method in filter(works_for_a_desk, service.body):
                    first = method.body[1 if ast.get_docstring(method) else 0]
                    yield f"{service.name}.{method.name}", ast.unparse(first)


def test_whatever_changes_something_asks_for_a_right_first():
    unasked = {name for name, first in acts() if not first.startswith("desk.require(Right.")}
    assert unasked - READS == set(), "these ask for no right"
    assert READS - unasked == set(), "these ask for a right, or are gone"
