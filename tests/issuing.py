"""An issuer with one organisation and one achievement, and awards by the hundred, for tests and measurements."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from issuer.service.award_reading import read_award
from issuer.service.context import Actor
from issuer.service.drafts import AchievementDraft, AwardDraft, OrganisationDraft
from issuer.service.securing import USUAL
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from kit.clock import FixedClock
from kit.errors import NotFound
from kit.vault import create_key_file
from vc import verify
from vc.document import CREDENTIAL_LIMITS, parse
from vc.evidence import Evidence, Resource
from vc.policy import Policy
from vc.problems import Url

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def settings(folder: Path, database_url: str, **more) -> IssuerSettings:
    """Settings whose key-encryption key is in a file of this folder, made when it is not there."""
    key_file = folder / "kek"
    if not key_file.exists():
        create_key_file(key_file)
    return IssuerSettings(
        database_url=database_url,
        data_dir=folder,
        public_url="http://localhost:8001",
        port=8001,
        key_file=key_file,
        loopback=True,
        **more,
    )


class Workshop:
    """Services at a fixed time, somebody at the desk, and an achievement. ``named_by``: what signatures name."""

    def __init__(self, given: IssuerSettings, *, named_by: str = "web"):
        self.services = Services.build(given, clock=FixedClock(instant=NOW))
        known = self.services.accounts.create_user(
            login="admin", password="four words in a row", name="Ada", scope="administrator"
        )
        actor = Actor(user_id=known.id, name="Ada", scope="administrator")
        self.clock = self.services.context.clock
        self.services.organisations.open(actor, OrganisationDraft(name="Maple", named_by=named_by))
        self.desk = self.services.organisations.enter(actor, "maple")
        self.achievement = self.services.achievements.create(
            self.desk,
            AchievementDraft(name="Algebra", description="d", criteria_narrative="c", achievement_type="Course"),
        )

    def add_keys(self):
        """Make a key for each form beside the usual one, and let them come into use."""
        for kind, use in (("p256", "selective"), ("p256", "token")):
            self.services.keys.add(self.desk, kind=kind, use=use)
        self.clock.instant += timedelta(minutes=6)

    def freeze(self, count, first=0, format_=USUAL):
        """So many awards, frozen in one transaction."""
        return freeze(self.services, self.desk, self.achievement, count, first, format_=format_)

    def finish(self, frozen):
        """What came of them."""
        return self.services.many.finish_many(self.desk.organisation, [each.intent_id for each in frozen])

    def award(self, number, key):
        """One award, by itself."""
        return self.services.awards.award(self.desk, _draft(self.achievement, number), key=key)

    def close(self):
        self.services.close()


def judged(services, slug, body, *, asking=True):
    """What a stranger finds about a signed document from what is published now; ``asking``: whether they may ask."""
    found = {}
    organisation, now = services.organisations.public(slug), services.context.clock.now()
    for line in services.lists.lines(organisation) if asking else ():
        found[line.url] = (services.lists.serve(slug, line.number).body, "application/vc")
    with contextlib.suppress(NotFound):
        document = services.organisations.identifier_document(slug)
        found[f"{services.moving.address(organisation)}/did.json"] = (document.body, "application/did+json")
    evidence = {
        Url(url): Resource(url=Url(url), body=data, media_type=media, retrieved=now)
        for url, (data, media) in found.items()
    }
    policy = Policy.recommended(recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None)
    return verify(parse(body, limits=CREDENTIAL_LIMITS), evidence=Evidence(evidence), policy=policy, now=now)


def freeze(services, desk, achievement, count, first, *, format_=USUAL):
    """Awards to learners with these numbers, frozen in one transaction."""
    now = services.context.now()
    awards = [
        read_award(_draft(achievement, number), achievement=achievement, now=now, loopback=True)
        for number in range(first, first + count)
    ]
    seal = services.context.keystore.sealer()
    with services.context.database.session() as session:
        return services.many_awards.freeze(session, desk, achievement, awards, format_=format_, seal=seal, now=now)


def _draft(achievement, number):
    return AwardDraft(achievement=achievement.id, learner_name=f"Learner {number}", identifier=f"S-{number}")
