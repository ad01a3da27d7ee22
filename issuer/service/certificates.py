"""Certificates: an award as a page to print and to keep, with the signed record inside.

The page is a picture of the record; what counts is attached to it, byte for byte as it was signed, so that a checker
that is handed the PDF judges the record. The square on the page leads to where that can be done, and holds nothing
about anybody (an address that does not end, without a token).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from issuer.service.context import Context, Desk, Organisation
from issuer.service.credentials import Credential, CredentialService, view_credential
from issuer.service.inputs import choice
from issuer.service.rights import Right
from issuer.service.securing import form_of
from issuer.store import credentials, tables
from kit import pdf, qr
from kit.errors import Conflict, Gone
from kit.i18n import Message, _, date_long
from kit.pdf import PAPERS
from kit.pictures import emblem_of
from kit.quilt import block_file
from vc.document import JsonObject
from vc.securing import open_document

A4, LETTER = PAPERS
LONGEST_DESCRIPTION: Final = 320
_ON_LETTER: Final = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE", "GT", "CR", "DO", "PR", "SV", "NI", "PA"})
_TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "certificate.typ"

Say = Callable[[Message], str]


class CertificateService:
    """Makes the PDF of one award at a time."""

    def __init__(self, context: Context, credentials: CredentialService) -> None:
        self._context = context
        self._credentials = credentials

    def paper(self, organisation: Organisation) -> str:
        """What is printed on where the organisation is."""
        country = (organisation.address or {}).get("addressCountry", "").strip().upper()
        return LETTER if country in _ON_LETTER else A4

    def make(self, desk: Desk, credential_uuid: str, *, say: Say, language: str, paper: str = "") -> bytes:
        """The certificate in a language, on "a4" or "letter" (empty: as is usual where the organisation is).

        The same award gives the same bytes. Raises: Refused, NotFound, Conflict when it was withdrawn, BadInput.
        """
        desk.require(Right.SEE)
        sheet = choice(paper, "paper", allowed=PAPERS) if paper else self.paper(desk.organisation)
        found = self._credentials.one(desk, credential_uuid)
        with self._context.database.reading() as session:
            row = credentials.award(session, desk.organisation.id, found.id)
        assert row is not None, "it was found just now"
        return self.of(desk.organisation, row, say=say, language=language, paper=sheet)

    def of(
        self, organisation: Organisation, row: tables.CredentialRow, *, say: Say, language: str, paper: str = ""
    ) -> bytes:
        """The certificate of an award, for whoever may have it: whoever calls this has asked.

        Raises: Conflict when it was withdrawn, Gone when it was erased, BadInput.
        """
        sheet = choice(paper, "paper", allowed=PAPERS) if paper else self.paper(organisation)
        found = view_credential(row)
        if found.state == "revoked":
            raise Conflict(_("This award was withdrawn, and a certificate would say what does not hold any more."))
        if row.erased is not None:
            raise Gone(_("What was signed here was erased with everything else about the learner."))
        with self._context.database.reading() as session:
            signed = credentials.signed(session, organisation.id, row.id, row.sequence)
        assert signed is not None, "what is visible was signed"
        body, form = signed.body, form_of(row.format)
        target, told = self._check(organisation)
        return pdf.render(
            _TEMPLATE.read_bytes(),
            {
                **_words(found, open_document(body).value, organisation, say=say, language=language),
                "paper": pdf.paper_name(sheet),
                "check": say(told),
                "address": target,
                "qr_millimetres": pdf.code_side(len(qr.matrix(target))),
            },
            pictures={
                "qr": str(qr.svg(target, title=say(_("QR code of the page that checks it")))),
                "block": block_file(emblem_of(body)).decode(),
            },
            attached=[
                pdf.Attached(
                    name=f"credential.{form.ending}",
                    media_type=form.media_type,
                    about=say(_("The signed record")),
                    text=body.decode(),
                )
            ],
            at=signed.signed,
        )

    def _check(self, organisation: Organisation) -> tuple[str, Message]:
        """Where the square leads, and what is said of it."""
        settings = self._context.settings
        if settings.verifier_url:
            return f"{settings.verifier_url}/", _(
                "The signed record is inside this file. To check it, open the file at this address, or scan the code:"
            )
        return f"{settings.identifier_url}/orgs/{organisation.slug}", _(
            "The signed record is inside this file, for any checker of Open Badges 3.0. Who signed it is described at:"
        )


def _words(
    found: Credential, document: JsonObject, organisation: Organisation, *, say: Say, language: str
) -> dict[str, Any]:
    facts = []
    if found.mark:
        facts.append([say(_("Mark")), found.mark])
    if found.valid_until is not None:
        facts.append([say(_("Valid until")), date_long(found.valid_until, language, organisation.zone)])
    return {
        "lang": language,
        "title": found.achievement_name,
        "issuer": organisation.name,
        "learner": found.learner_name,
        "certifies": say(_("certifies that")),
        "earned": say(_("has earned")),
        "description": _described(document),
        "facts": facts,
        "day": date_long(found.awarded, language, organisation.zone),
        "paper_only": say(_("A print alone cannot be checked: ask for the file.")),
        "number_label": say(_("Award number")),
        "number": found.id,
        "incomplete_words": say(
            _(
                "This server lacks the letters that stand as numbers in square brackets. "
                "%(provider)s knows how they are written.",
                provider=organisation.name,
            )
        ),
        "qr_alt": say(_("QR code of the page that checks it")),
    }


def _described(document: JsonObject) -> str:
    """What the signed record says of the achievement, as much of it as a page has room for."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    text = achievement.get("description") if isinstance(achievement, Mapping) else None
    plain = " ".join(text.split()) if isinstance(text, str) else ""
    return plain if len(plain) <= LONGEST_DESCRIPTION else plain[: LONGEST_DESCRIPTION - 1].rstrip() + "…"
