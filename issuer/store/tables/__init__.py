"""The issuer's tables.

Rules that the database itself keeps, so that no line of code has to be trusted with them:

* every row of an organisation carries ``organisation_id``, and references inside an organisation are composite, so a
  row cannot point into another organisation;
* an index of a status list is used once: ``status_entry`` has the list and the position as its key, and a trigger
  refuses to delete or move an entry or to take back a value that was set, but in a list of suspensions, where a pause
  is lifted; another trigger keeps a list's purpose as it is;
* an idempotency key is used once per organisation;
* what was signed is never rewritten: a trigger refuses to update ``signed_credential``.

Left out on purpose: tokens and codes of claims (only their hashes, and a sealed copy for printing that is erased when
the claim is over), identifiers of learners in the clear (sealed; names are searchable, see ``docs/operating.md``).

model          the metadata, and the tables that the kit describes: accounts, audit, vault
organisations  organisations, people, keys, identifier documents
identities     the identifiers by which they sign
achievements   what can be awarded
frameworks     standards that it can correspond to
approvals      what waits for a second person
awards         awards, intents, signed versions, idempotency
status         status lists and their entries
claims         claims and challenges
deliveries     letters, and who has to be told
endorsements   what the organisation vouches for
closing        organisations that have closed, and what is kept here of those that closed elsewhere
public_pages   awards that everybody may see
received       what others say about it
rooms          awarding in the room
settings       what an organisation wants otherwise than the server
hosts          wallets elsewhere
jobs           long work
classes        marks, and who teaches what
learners       the roster: learners, what they are enrolled for, rosters on their way in
offerings      the rate card
suspensions    pauses of awards, each with its private reason
pictures       what was uploaded to be shown
sheets         sheets that somebody brought, their lines, and what was awarded from them
sources        what a school's own system calls learners, classes and enrolments
webhooks       notices to programs
withdrawals    many awards withdrawn together

A further module is imported here, and every table in it exported: what is not imported is in no database.
"""

from issuer.store.tables.achievements import AchievementRow, AchievementVersionRow
from issuer.store.tables.approvals import ApprovalRow
from issuer.store.tables.awards import CredentialRow, IdempotencyRow, IntentRow, SignedCredentialRow
from issuer.store.tables.claims import ChallengeRow, ClaimRow
from issuer.store.tables.classes import ClassInstructorRow, MarkRow
from issuer.store.tables.closing import AdoptedFileRow, AdoptedRow, ClosingFileRow, ClosingRow
from issuer.store.tables.deliveries import DeliveryRow, DeliveryRunRow
from issuer.store.tables.endorsements import EndorsementRow
from issuer.store.tables.frameworks import FrameworkItemRow, FrameworkRow
from issuer.store.tables.hosts import HostAttemptRow, HostRow, PushRow
from issuer.store.tables.identities import IdentityRow
from issuer.store.tables.jobs import JobRow
from issuer.store.tables.learners import EnrolmentRow, LearnerRow, RosterImportRow
from issuer.store.tables.model import ACCOUNTS, AUDIT, CREDENTIAL_ID, ID, VAULT_CHECK, Model
from issuer.store.tables.offerings import OfferingCountsRow, OfferingRow
from issuer.store.tables.organisations import (
    IdentifierDocumentRow,
    InvitationRow,
    MembershipRow,
    OrganisationRow,
    SigningKeyRow,
)
from issuer.store.tables.pictures import PictureRow
from issuer.store.tables.public_pages import PublicPageRow
from issuer.store.tables.received import ReceivedEndorsementRow
from issuer.store.tables.rooms import RoomGuestRow, RoomRow
from issuer.store.tables.settings import OrganisationSettingsRow
from issuer.store.tables.sheets import AwardOnceRow, SheetLineRow, SheetRow
from issuer.store.tables.sources import SourceKeyRow
from issuer.store.tables.status import StatusEntryRow, StatusListRow
from issuer.store.tables.suspensions import SuspensionRow
from issuer.store.tables.webhooks import NoticeRow, WebhookRow
from issuer.store.tables.withdrawals import WithdrawalLineRow, WithdrawalRow

__all__ = [
    "ACCOUNTS",
    "AUDIT",
    "CREDENTIAL_ID",
    "ID",
    "VAULT_CHECK",
    "AchievementRow",
    "AchievementVersionRow",
    "AdoptedFileRow",
    "AdoptedRow",
    "ApprovalRow",
    "AwardOnceRow",
    "ChallengeRow",
    "ClaimRow",
    "ClassInstructorRow",
    "ClosingFileRow",
    "ClosingRow",
    "CredentialRow",
    "DeliveryRow",
    "DeliveryRunRow",
    "EndorsementRow",
    "EnrolmentRow",
    "FrameworkItemRow",
    "FrameworkRow",
    "HostAttemptRow",
    "HostRow",
    "IdempotencyRow",
    "IdentifierDocumentRow",
    "IdentityRow",
    "IntentRow",
    "InvitationRow",
    "JobRow",
    "LearnerRow",
    "MarkRow",
    "MembershipRow",
    "Model",
    "NoticeRow",
    "OfferingCountsRow",
    "OfferingRow",
    "OrganisationRow",
    "OrganisationSettingsRow",
    "PictureRow",
    "PublicPageRow",
    "PushRow",
    "ReceivedEndorsementRow",
    "RoomGuestRow",
    "RoomRow",
    "RosterImportRow",
    "SheetLineRow",
    "SheetRow",
    "SignedCredentialRow",
    "SigningKeyRow",
    "SourceKeyRow",
    "StatusEntryRow",
    "StatusListRow",
    "SuspensionRow",
    "WebhookRow",
    "WithdrawalLineRow",
    "WithdrawalRow",
]
