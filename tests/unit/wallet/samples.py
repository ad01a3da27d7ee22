"""What the wallet's tests start from: a wallet on a database of its own, and awards that are really signed."""

from datetime import UTC, date, datetime
from urllib.parse import quote

from argon2 import PasswordHasher

from kit.accounts.passwords import Passwords
from kit.clock import FixedClock
from vc.did import key_did
from vc.document import serialize
from vc.keys import Ed25519Signer
from vc.openbadges import IssuerProfile, SubjectClaims, build, identity_object
from vc.proof import add_proof
from wallet import store
from wallet.app import build_tools
from wallet.service import build_services
from wallet.service.core import new_id
from wallet.settings import WalletSettings

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PASSWORD = "patchwork quilt 42"
KEY = "5a" * 32
LIGHT = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
ACHIEVEMENTS = "https://maple.example/achievements/"


def settings(folder, **more):
    given = {
        "database_url": f"sqlite:///{folder}/wallet.db",
        "data_dir": folder,
        "public_url": "http://localhost:8002",
        "port": 8002,
        "key_hex": KEY,
        "loopback": True,
        "verifier_url": "http://localhost:8003",
    }
    return WalletSettings(**(given | more))


def wallet(folder, clock=None, **more):
    return build_services(build_tools(settings(folder, **more), clock=clock or FixedClock(instant=NOW), hasher=LIGHT))


def signer(seed=7):
    bare = Ed25519Signer(bytes([seed]) * 32, "")
    did = key_did(bare.public_key)
    return Ed25519Signer(bytes([seed]) * 32, f"{did}#{did.removeprefix('did:key:')}")


def award(
    number=1,
    *,
    title="Bridge building",
    seed=7,
    issuer_name="Maple Co-op",
    valid_from=datetime(2026, 5, 1, tzinfo=UTC),
    subject=None,
    narrative=None,
    evidence=(),
    criteria=None,
    results=(),
    descriptions=(),
    identifiers=None,
    valid_until=None,
):
    """The bytes of a signed award whose issuer is a did:key, so that nothing has to be fetched."""
    key = signer(seed)
    achievement = {
        "id": ACHIEVEMENTS + quote(title),
        "type": ["Achievement"],
        "name": title,
        "description": f"{title}, from plan to load test.",
        "achievementType": "Course",
        "criteria": criteria or {"narrative": "Build a bridge that carries ten kilograms."},
    }
    if descriptions:
        achievement["resultDescription"] = list(descriptions)
    if identifiers is None and subject is None:
        identifiers = [identity_object("roster-17", identity_type="sourcedId", salt="0123456789abcdef0")]
    document = build(
        credential_id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        issuer=IssuerProfile(id=key.verification_method.partition("#")[0], name=issuer_name),
        achievement=achievement,
        subject=SubjectClaims(id=subject, identifiers=identifiers or (), narrative=narrative, results=results),
        valid_from=valid_from,
        awarded_date=datetime(2026, 5, 1, tzinfo=UTC),
        valid_until=valid_until,
        status=(),
        evidence=evidence,
        name=title,
    )
    signed = add_proof(
        document,
        signer=key,
        suite="eddsa-rdfc-2022",
        purpose="assertionMethod",
        created=min(valid_from, NOW),
        challenge=None,
        domain=None,
    )
    return serialize(signed)


class Hadleys:
    """The family of the sample: Teresa (guardian and learner), Marcus (may look at Wren), Jonah (17, own sign-in), Wren (10)."""

    def __init__(self, services):
        self.services = services
        people, invitations, joining = services.people, services.invitations, services.joining
        with services.tools.database.session() as session:
            made = services.tools.accounts.create_user(
                login="teresa", password=PASSWORD, name="Teresa", scope="member", session=session
            )
            self.teresa = people.found_family(session, made.id, family_name="Hadley", my_name="Teresa")
        self.wren = people.add_learner(self.teresa, name="Wren Hadley", birth_date=date(2016, 6, 3), myself=False)
        self.jonah_learner = people.add_learner(
            self.teresa, name="Jonah Hadley", birth_date=date(2009, 3, 14), myself=False
        )
        self.teresa_learner = people.add_learner(
            self.teresa, name="Teresa Hadley", birth_date=date(1985, 1, 22), myself=True
        )
        self.jonah = self._join(
            joining,
            invitations.invite(self.teresa, kind="learner", name="Jonah", learner_id=self.jonah_learner),
            "jonah",
        )
        self.marcus = self._join(
            joining,
            invitations.invite(self.teresa, kind="guardian", name="Marcus", learner_id=self.wren, scopes=["view"]),
            "marcus",
        )

    def _join(self, joining, token, login):
        session_token = joining.join(token, login=login, password=PASSWORD, name=login.capitalize(), family_name="")
        return self.actor(session_token)

    def actor(self, session_token):
        account = self.services.tools.accounts.current(session_token)
        return self.services.people.actor(account.id)


def strangers(services, login="olga", name="Olga"):
    """Another family on the same wallet, with one learner: (actor, learner id)."""
    with services.tools.database.session() as session:
        made = services.tools.accounts.create_user(
            login=login, password=PASSWORD, name=name, scope="member", session=session
        )
        actor = services.people.found_family(session, made.id, family_name=f"{name}s", my_name=name)
    return actor, services.people.add_learner(actor, name="Pia Strange", birth_date=date(2014, 1, 1), myself=False)


def keep_bound(services, actor, learner_id, number=1, **more):
    """Keep an award that is bound to a key of the learner's; its id."""
    with services.tools.database.session() as session:
        home = services.people.open(session, actor)
        made = services.tools.keystore.new_learner_key("did:web:maple.example")
        key = store.LearnerKey(
            id=new_id(), family_id=actor.family_id, learner_id=learner_id, created_at=home.now, version=0,
            issuer_index=bytes([number]) * 32,
        )  # fmt: skip
        home.learner(learner_id).seal(key, made.secret)
        session.add(key)
    return services.credentials.add_file(actor, learner_id, award(number, subject=made.did, **more)).credential_id
