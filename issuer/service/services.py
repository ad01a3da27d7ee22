"""All services of one issuer process, built once."""

from dataclasses import dataclass
from functools import partial

from issuer.keystore import Keystore
from issuer.service.achievements import Achievement, AchievementService
from issuer.service.adoption import AdoptionService
from issuer.service.approvals.acts import acts
from issuer.service.approvals.deciding import ApprovalService
from issuer.service.awarding.class_sheets import ClassSheetService
from issuer.service.awarding.job_views import KIND
from issuer.service.awarding.jobs import AwardJobs
from issuer.service.awarding.sheets import SheetService
from issuer.service.awarding.steps import AwardSteps
from issuer.service.awards import AwardService
from issuer.service.beginning import BeginningService
from issuer.service.bulk import Signing, processes_for
from issuer.service.certificates import CertificateService
from issuer.service.changing_settings import SettingsService
from issuer.service.claim_codes import ClaimCodes
from issuer.service.claims import ClaimService
from issuer.service.closing import ClosingService
from issuer.service.context import Context, Organisation
from issuer.service.couriers import Couriers
from issuer.service.credentials import CredentialService
from issuer.service.deliveries import DeliveryService
from issuer.service.documents import specimen, specimen_of_profile
from issuer.service.elsewhere.hosts import HostService
from issuer.service.elsewhere.pushes import Pushes
from issuer.service.endorsements import EndorsementService
from issuer.service.family_certificates import FamilyCertificates
from issuer.service.frameworks import FrameworkService
from issuer.service.issuance import Issuance, unsignable
from issuer.service.keys import KeyService
from issuer.service.lint import lint_template
from issuer.service.many import ManyIssuance
from issuer.service.many_awards import ManyAwards
from issuer.service.moving import MovingService
from issuer.service.offering_sheets import OfferingSheetService
from issuer.service.offerings import OfferingService
from issuer.service.organisations import OrganisationService, sealed_key, view
from issuer.service.people import PeopleService
from issuer.service.pictures import PictureService
from issuer.service.posting import KIND as DELIVER
from issuer.service.posting import Posting
from issuer.service.proposals import ProposalService
from issuer.service.public_pages import PublicPageService
from issuer.service.received import ReceivedService
from issuer.service.rechecks import KIND as RECHECK
from issuer.service.rechecks import Rechecks
from issuer.service.refreshing import RefreshingService
from issuer.service.rooms import RoomService
from issuer.service.roster.classes import ClassService
from issuer.service.roster.erasing import ErasingService
from issuer.service.roster.imports import ImportService
from issuer.service.roster.learners import LearnerService
from issuer.service.roster.marks.imports import MarksService
from issuer.service.roster.oneroster.imports import OneRosterService
from issuer.service.status_lists import StatusListService
from issuer.service.suspensions import SuspensionService
from issuer.service.unsigned import UnsignedService
from issuer.service.webhooks import WebhookService
from issuer.service.withdrawing.concluding import conclude_replayed
from issuer.service.withdrawing.jobs import KIND as WITHDRAW
from issuer.service.withdrawing.jobs import WithdrawalService
from issuer.service.withdrawing.steps import WithdrawalSteps
from issuer.service.work import Work
from issuer.settings import IssuerSettings
from issuer.store import journal, replaying, tables
from issuer.store import organisations as stored
from kit.accounts import Accounts, Passkeys
from kit.accounts.staff import Staff
from kit.clock import Clock, SystemClock
from kit.db import Database
from kit.errors import Unavailable
from kit.fetch import Fetcher
from kit.vault import Vault
from vc.problems import ProblemError

MIGRATIONS = "issuer.migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What pages, the API and the command line work with."""

    context: Context
    accounts: Accounts
    achievements: AchievementService
    adoption: AdoptionService
    approvals: ApprovalService
    award_jobs: AwardJobs
    awards: AwardService
    beginning: BeginningService
    certificates: CertificateService
    claims: ClaimService
    classes: ClassService
    closing: ClosingService
    couriers: Couriers
    credentials: CredentialService
    deliveries: DeliveryService
    endorsements: EndorsementService
    family_certificates: FamilyCertificates
    fetcher: Fetcher
    erasing: ErasingService
    frameworks: FrameworkService
    hosts: HostService
    imports: ImportService
    issuance: Issuance
    keys: KeyService
    learners: LearnerService
    lists: StatusListService
    many: ManyIssuance
    marks: MarksService
    many_awards: ManyAwards
    moving: MovingService
    offering_sheets: OfferingSheetService
    offerings: OfferingService
    oneroster: OneRosterService
    organisations: OrganisationService
    passkeys: Passkeys
    people: PeopleService
    pictures: PictureService
    proposals: ProposalService
    public_pages: PublicPageService
    pushes: Pushes
    received: ReceivedService
    rechecks: Rechecks
    rooms: RoomService
    settings: SettingsService
    sheets: SheetService
    refreshing: RefreshingService
    signing: Signing
    staff: Staff
    suspensions: SuspensionService
    unsigned: UnsignedService
    webhooks: WebhookService
    withdrawals: WithdrawalService
    work: Work

    def forget_old(self) -> None:
        """Forget what has served its time. Raises: Unavailable."""
        self.awards.forget_old_answers()
        self.sheets.forget_old()
        self.couriers.forget_old()
        self.pushes.forget_old()
        self.imports.forget_old()
        self.approvals.forget_old()
        self.rooms.forget_old()
        self.accounts.forget_old_sessions()
        self.context.database.forget()  # what was overwritten is then in no log of the database either

    @classmethod
    def build(cls, settings: IssuerSettings, *, clock: Clock | None = None) -> "Services":
        """Open the database (brought to the newest schema), and put everything together.

        Raises: ValueError or OSError when the status journal is damaged; Unavailable when the database is gone.
        """
        clock = clock or SystemClock()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        database = Database(settings.database_url)
        database.upgrade(MIGRATIONS)
        written = journal.Journal(settings.data_dir / journal.FILE_NAME)
        written.attach(database)
        replayed = partial(conclude_replayed, now=clock.now(), mails=settings.sends_mail)
        replaying.replay(database, written, now=clock.now(), finish=replayed)
        context = Context(
            settings=settings, database=database, keystore=_keystore(settings, database, clock), clock=clock
        )
        accounts = Accounts(
            database=database,
            tables=tables.ACCOUNTS,
            clock=clock,
            login_key=None,
            vault=None,
            passkeys_required=settings.staff_passkeys == "required",
        )
        lists = StatusListService(context)
        issuance = Issuance(context, lists)
        claims = ClaimService(context, issuance)
        achievements = AchievementService(context, _lint_template)
        awards = AwardService(context, achievements, lists, claims, issuance)
        signing = Signing(settings, context.keystore, processes=processes_for(settings))
        many = ManyIssuance(context, lists, issuance, signing)
        people = PeopleService(context, accounts)
        offerings = OfferingService(context)
        organisations = OrganisationService(context, _lint_profile)
        many_awards = ManyAwards(context, lists, claims, many)
        sheets, work = SheetService(context, achievements), Work()
        fetcher = Fetcher.from_settings(settings, clock=clock)
        award_jobs = AwardJobs(context, issuance, work)
        steps = AwardSteps(
            context,
            achievements=achievements,
            awards=awards,
            issuance=issuance,
            lists=lists,
            many=many,
            many_awards=many_awards,
            sheets_=sheets,
        )
        work.handles(KIND, steps.step, award_jobs.lapsed)
        codes = ClaimCodes(context)
        pushes = Pushes(context, fetcher, work)
        withdrawals = WithdrawalService(context, issuance, work)
        work.handles(WITHDRAW, WithdrawalSteps(context).step, withdrawals.lapsed)
        received = ReceivedService(context, lists, organisations)
        endorsements = EndorsementService(context, lists, issuance)
        rechecks = Rechecks(context, received)
        work.handles(RECHECK, rechecks.step, rechecks.due)
        posting = Posting(context, claims, settings.mailer())
        work.handles(DELIVER, posting.step, posting.lapsed)
        rooms = RoomService(context, achievements, awards, claims)
        work.sweeps(rooms.sweep)
        found = CredentialService(context, lists, claims, awards, issuance)
        certificates = CertificateService(context, found)
        suspensions = SuspensionService(context, lists, issuance)
        keys = KeyService(context, lists, awards, found, endorsements)
        settings_ = SettingsService(context)
        moving = MovingService(context)
        closing = ClosingService(context, lists, issuance)
        classes = ClassService(context, achievements, ClassSheetService(context, achievements, sheets))
        asked = acts(
            awards=awards,
            closing=closing,
            jobs=award_jobs,
            keys=keys,
            moving=moving,
            people=people,
            settings=settings_,
            withdrawals=withdrawals,
        )
        return cls(
            context=context,
            accounts=accounts,
            achievements=achievements,
            adoption=AdoptionService(context),
            approvals=ApprovalService(context, asked, work, turn_down=award_jobs.turn_down),
            award_jobs=award_jobs,
            awards=awards,
            beginning=BeginningService(context, accounts, organisations, achievements, awards),
            certificates=certificates,
            claims=claims,
            classes=classes,
            closing=closing,
            couriers=Couriers(context, fetcher, work),
            credentials=found,
            endorsements=endorsements,
            deliveries=DeliveryService(context, claims, work),
            family_certificates=FamilyCertificates(context, claims, codes, certificates),
            fetcher=fetcher,
            erasing=ErasingService(context),
            frameworks=FrameworkService(context),
            hosts=HostService(context, claims, codes, fetcher, pushes),
            imports=ImportService(context),
            issuance=issuance,
            learners=LearnerService(context),
            keys=keys,
            lists=lists,
            many=many,
            many_awards=many_awards,
            marks=MarksService(context, classes),
            moving=moving,
            offering_sheets=OfferingSheetService(context, offerings),
            offerings=offerings,
            oneroster=OneRosterService(context, offerings),
            organisations=organisations,
            passkeys=Passkeys(accounts, origin=settings.public_url, audited=tables.AUDIT, prefix="server/"),
            people=people,
            pictures=PictureService(context),
            proposals=ProposalService(context, organisations, achievements, awards, found, suspensions=suspensions),
            received=received,
            rechecks=rechecks,
            public_pages=PublicPageService(context, claims, codes),
            pushes=pushes,
            rooms=rooms,
            settings=settings_,
            sheets=sheets,
            refreshing=RefreshingService(context),
            signing=signing,
            staff=Staff(accounts, audited=tables.AUDIT, prefix="server/", may_go=people.may_go),
            suspensions=suspensions,
            unsigned=UnsignedService(context, awards=awards, closing=closing, issuance=issuance, lists=lists),
            webhooks=WebhookService(context, fetcher),
            withdrawals=withdrawals,
            work=work,
        )

    def web_secret(self) -> bytes | None:
        """The secret for form tokens; None without a key-encryption key."""
        try:
            return self.context.keystore.vault().derive("web")
        except Unavailable:
            return None

    def was_sealed(self) -> bool:
        """Whether this database has been tied to a key-encryption key already: then no new one may be made."""
        with self.context.database.reading() as session:
            return stored.was_sealed(session)

    def check_keys(self) -> None:
        """Return when signing would work. Raises: Unavailable."""
        with self.context.database.reading() as session:
            row = stored.any_key(session)
            owner = view(stored.by_id(session, row.organisation_id)) if row else None
        key = sealed_key(row, owner.did) if row and owner else None
        if not self.context.keystore.opens(key):
            raise Unavailable

    def close(self) -> None:
        """End the processes that sign, and close the database."""
        self.signing.close()
        self.received.close()
        self.fetcher.close()
        self.context.database.close()


def _keystore(settings: IssuerSettings, database: Database, clock: Clock) -> Keystore:
    """A keystore that ties the database to its key-encryption key before anything is sealed under it."""
    tied: set[str] = set()

    def read() -> Vault:
        vault = Vault.from_settings(settings)
        if vault.key_id not in tied:
            with database.session() as session:
                vault.claim(session, tables.VAULT_CHECK, at=clock.now())
            tied.add(vault.key_id)
        return vault

    return Keystore(read)


def _lint_template(organisation: Organisation, achievement: Achievement) -> None:
    try:
        lint_template(specimen(organisation, achievement))
    except ProblemError as error:
        raise unsignable(error.detail, error.pointer) from error


def _lint_profile(organisation: Organisation) -> None:
    try:
        lint_template(specimen_of_profile(organisation))
    except ProblemError as error:
        raise unsignable(error.detail, error.pointer) from error
