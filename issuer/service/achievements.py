"""Achievements: what an organisation offers. Versions are kept; an award carries the version of its day."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from issuer.service.achievement_body import MOST_ITEMS, achievement_body, alignments, keep_apart
from issuer.service.context import Context, Desk, Organisation
from issuer.service.drafts import AchievementDraft, AlignmentDraft
from issuer.service.identities import did_of
from issuer.service.organisations import view
from issuer.service.pictures import use
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.securing import INHERITED, described_form
from issuer.service.vocabulary import HOURS_ATTENDED, USUALLY_PAUSABLE
from issuer.store import achievements, credentials, organisations, tables
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from kit.paging import Page, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """An achievement as pages and the API see it. ``iri`` is its id in credentials; ``body`` its other members.

    ``pausable``: awards of it that are made from now on can be paused. ``refreshing``: those to adults name an address
    that gives out their newest version.
    ``format`` is how its awards are signed unless somebody chooses otherwise.
    """

    id: str
    iri: str
    version: int
    active: bool
    name: str
    kind: str
    body: Mapping[str, Any]
    updated: datetime
    format: str
    awarded: int = 0
    pausable: bool = False
    refreshing: bool = False

    def document(self) -> dict[str, Any]:
        """The Open Badges Achievement as credentials carry it."""
        return {"id": self.iri, **self.body, "version": str(self.version)}


class AchievementService:
    """Describes what can be earned. ``lint`` raises BadInput when a credential with it could not be signed."""

    def __init__(self, context: Context, lint: Callable[[Organisation, "Achievement"], None]) -> None:
        self._context = context
        self._lint = lint

    def create(self, desk: Desk, draft: AchievementDraft, *, achievement_id: str = "") -> Achievement:
        """Describe something new. Nothing is kept that could not be signed. ``achievement_id`` is made unless given.

        Raises: Refused, BadInput naming the field or the place in the document.
        """
        desk.require(Right.DESCRIBE)
        organisation = desk.organisation
        body = achievement_body(draft, before=None, loopback=self._context.settings.loopback)
        found = self._achievement(
            organisation,
            achievement_id or str(uuid.uuid4()),
            version=1,
            body=body,
            pausable=body["achievementType"] in USUALLY_PAUSABLE if draft.pausable is None else draft.pausable,
            refreshing=draft.refreshing is True,
            format_=described_form(draft.format, before=INHERITED),
        )
        self._lint(organisation, found)
        with self._context.database.session() as session:
            session.add(
                tables.AchievementRow(
                    id=found.id,
                    organisation_id=organisation.id,
                    version=1,
                    state="active",
                    name=found.name,
                    kind=found.kind,
                    format=found.format,
                    body=json.dumps(body, ensure_ascii=False),
                    pausable=found.pausable,
                    refreshing=found.refreshing,
                    created=found.updated,
                    updated=found.updated,
                )
            )
            session.flush()
            self._use_picture(session, organisation, found)
            self._keep(session, desk, found, "achievement.create")
        return found

    def edit(self, desk: Desk, achievement_id: str, draft: AchievementDraft, *, version: int | None) -> Achievement:
        """Describe it anew, for later awards. ``version`` is the one that was edited (None: whichever is newest).

        Raises: Refused, NotFound, BadInput, Conflict when somebody else edited it meanwhile.
        """
        desk.require(Right.DESCRIBE)
        loopback = self._context.settings.loopback
        return self._revise(
            desk,
            achievement_id,
            lambda before: achievement_body(draft, before=before.body, loopback=loopback),
            version=version,
            pausable=draft.pausable,
            refreshing=draft.refreshing,
            format_=draft.format,
        )

    def relate(self, desk: Desk, achievement_id: str, other: Achievement) -> Achievement:
        """Say in a new version that ``other`` is the same thing in another language; once only.

        Raises: Refused, NotFound, BadInput, Conflict.
        """
        desk.require(Right.DESCRIBE)
        found = self.one(desk.organisation, achievement_id)
        if other.iri in {item["id"] for item in found.body.get("related", ())}:
            return found
        entry: dict[str, Any] = {"id": other.iri, "type": ["Related"]}
        if other.body.get("inLanguage"):
            entry["inLanguage"] = other.body["inLanguage"]
        return self._revise(
            desk,
            achievement_id,
            lambda before: {**before.body, "related": [*before.body.get("related", ()), entry]},
            version=found.version,
        )

    def align(
        self, desk: Desk, achievement_id: str, chosen: Sequence[AlignmentDraft], *, at: str, version: int | None
    ) -> Achievement:
        """Say in a new version that it corresponds to what was chosen, besides what it says already.

        ``at`` is the id of one of its marks or levels, or empty for all of it; what stands there already is not
        repeated, and nothing new is no new version. Raises: Refused, NotFound, BadInput, Conflict.
        """
        desk.require(Right.DESCRIBE)
        before = self.one(desk.organisation, achievement_id)
        there = {item["targetUrl"] for item in _place(copied(before.body), at).get("alignment", ())}
        wanted = [draft for draft in chosen if draft.target_url not in there]
        if not wanted:
            return before
        added = alignments(wanted, "items", loopback=self._context.settings.loopback)

        def body(previous: Achievement) -> dict[str, Any]:
            found = copied(previous.body)
            place = _place(found, at)
            place["alignment"] = [*place.get("alignment", ()), *added]
            if len(place["alignment"]) > MOST_ITEMS:
                raise BadInput(
                    _("There are too many entries here."),
                    field="items",
                    remedy=_("Use at most %(most)s.", most=MOST_ITEMS),
                )
            return found

        return self._revise(desk, achievement_id, body, version=version or before.version)

    def part(self, desk: Desk, achievement_id: str, *, at: str, url: str, version: int | None) -> Achievement:
        """Say in a new version that it no longer corresponds to ``url``. Raises: Refused, NotFound, Conflict."""
        desk.require(Right.DESCRIBE)

        def body(previous: Achievement) -> dict[str, Any]:
            found = copied(previous.body)
            place = _place(found, at)
            kept = [item for item in place.get("alignment", ()) if item["targetUrl"] != url]
            if len(kept) == len(place.get("alignment", ())):
                raise NotFound
            place["alignment"] = kept
            if not kept:
                del place["alignment"]
            return found

        return self._revise(desk, achievement_id, body, version=version)

    def _revise(
        self,
        desk: Desk,
        achievement_id: str,
        body_of: Callable[[Achievement], dict[str, Any]],
        *,
        version: int | None,
        pausable: bool | None = None,
        refreshing: bool | None = None,
        format_: str = "",
    ) -> Achievement:
        organisation = desk.organisation
        before = self.one(organisation, achievement_id)
        if version is not None and version != before.version:
            raise Conflict(_("Somebody changed this while you were editing. Look at the new version first."))
        body = body_of(before)
        found = self._achievement(
            organisation,
            achievement_id,
            version=before.version + 1,
            body=body,
            pausable=before.pausable if pausable is None else pausable,
            refreshing=before.refreshing if refreshing is None else refreshing,
            format_=described_form(format_, before=before.format),
        )
        self._lint(organisation, found)
        with self._context.database.session() as session:
            row = achievements.one(session, organisation.id, achievement_id)
            if row is None or row.version != before.version:
                raise Conflict(_("Somebody changed this while you were editing. Look at the new version first."))
            row.version, row.name, row.kind = found.version, found.name, found.kind
            row.body, row.updated = json.dumps(body, ensure_ascii=False), found.updated
            row.pausable, row.refreshing = found.pausable, found.refreshing
            self._use_picture(session, organisation, found)
            row.format = found.format
            self._keep(session, desk, found, "achievement.edit")
        return found

    def retire(self, desk: Desk, achievement_id: str, *, retired: bool) -> Achievement:
        """Take it off the list of what can be awarded, or put it back. Awards made stay. Raises: Refused, NotFound."""
        desk.require(Right.DESCRIBE)
        now = self._context.now()
        with self._context.database.session() as session:
            row = achievements.one(session, desk.organisation.id, achievement_id)
            if row is None:
                raise NotFound
            row.state, row.updated = ("retired" if retired else "active"), now
            record(
                session,
                at=now,
                actor=desk.actor,
                action="achievement.retire" if retired else "achievement.restore",
                organisation_id=desk.organisation.id,
                object_id=achievement_id,
            )
            session.flush()
            return self.view(desk.organisation, row)

    def one(self, organisation: Organisation, achievement_id: str) -> Achievement:
        """One achievement of this organisation, retired or not. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = achievements.one(session, organisation.id, achievement_id)
        if row is None:
            raise NotFound
        return self.view(organisation, row)

    def public(self, slug: str, achievement_id: str) -> tuple[Organisation, Achievement]:
        """What everybody may read at the achievement's own address. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = organisations.by_slug(session, slug)
            found = achievements.one(session, row.id, achievement_id) if row else None
        if row is None or found is None:
            raise NotFound
        organisation = view(row)
        return organisation, self.view(organisation, found)

    def listing(self, organisation: Organisation, at: Window, *, include_retired: bool) -> Page[Achievement]:
        """One page of what an organisation offers, by name."""
        with self._context.database.reading() as session:
            rows, total = achievements.listing(
                session, organisation.id, include_retired=include_retired, offset=at.offset, limit=at.size
            )
            awarded = credentials.awarded_counts(session, organisation.id)
        items = [self.view(organisation, row, awarded.get(row.id, 0)) for row in rows]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def view(self, organisation: Organisation, row: tables.AchievementRow, awarded: int = 0) -> Achievement:
        """The row as pages and the API see it."""
        return Achievement(
            id=row.id,
            iri=self.iri(organisation.slug, row.id),
            version=row.version,
            active=row.state == "active",
            name=row.name,
            kind=row.kind,
            body=json.loads(row.body),
            updated=row.updated,
            format=row.format,
            awarded=awarded,
            pausable=row.pausable,
            refreshing=row.refreshing,
        )

    def at_version(self, achievement: Achievement, *, version: int, body: Mapping[str, Any]) -> Achievement:
        """The same achievement as it was in an earlier version."""
        return replace(achievement, version=version, body=body, name=body["name"], kind=body["achievementType"])

    def iri(self, slug: str, achievement_id: str) -> str:
        """The achievement's id in credentials, and its address."""
        return f"{self._context.settings.identifier_url}/orgs/{slug}/achievements/{achievement_id}"

    def _achievement(
        self,
        organisation: Organisation,
        achievement_id: str,
        *,
        version: int,
        body: dict[str, Any],
        pausable: bool,
        refreshing: bool,
        format_: str,
    ) -> Achievement:
        iri = self.iri(organisation.slug, achievement_id)
        body.setdefault("image", {"id": default_image(iri), "type": "Image"})
        keep_apart(body, {iri, organisation.did, did_of(self._context.settings.identifier_url, organisation.slug)})
        return Achievement(
            id=achievement_id,
            iri=iri,
            version=version,
            active=True,
            name=body["name"],
            kind=body["achievementType"],
            body=body,
            updated=self._context.now(),
            pausable=pausable,
            refreshing=refreshing,
            format=format_,
        )

    def _use_picture(self, session: Session, organisation: Organisation, found: Achievement) -> None:
        use(session, self._context, organisation, found.body["image"]["id"], field="image")

    @staticmethod
    def _keep(session: Session, desk: Desk, found: Achievement, action: str) -> None:
        session.add(
            tables.AchievementVersionRow(
                achievement_id=found.id,
                version=found.version,
                body=json.dumps(found.body, ensure_ascii=False),
                at=found.updated,
                actor=desk.actor.user_id,
            )
        )
        record(
            session,
            at=found.updated,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=found.id,
            version=found.version,
        )


def copied(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same members, all of them new objects."""
    found: dict[str, Any] = json.loads(json.dumps(body))
    return found


def _place(body: dict[str, Any], at: str) -> dict[str, Any]:
    if not at:
        return body
    for result in body.get("resultDescription", ()):
        for item in (result, *result.get("rubricCriterionLevel", ())):
            if item["id"] == at:
                found: dict[str, Any] = item
                return found
    raise NotFound


def default_image(iri: str) -> str:
    """The address of the picture of an achievement that has no other: its block of the quilt."""
    return f"{iri}/image.svg"


def result_descriptions(achievement: Achievement) -> Sequence[Mapping[str, Any]]:
    """How the achievement is marked, in order."""
    found = achievement.body.get("resultDescription", ())
    assert isinstance(found, list | tuple)
    return found


def hours_description(achievement: Achievement) -> Mapping[str, Any] | None:
    """How the achievement is marked by hours, if it is."""
    return next((each for each in result_descriptions(achievement) if each["resultType"] == HOURS_ATTENDED), None)


def chosen_level(description: Mapping[str, Any], value: str, field: str) -> str:
    """The id of the rubric level that ``value`` names. Raises: BadInput."""
    for level in description.get("rubricCriterionLevel", ()):
        if value == level["id"] or value.casefold() == str(level["name"]).casefold():
            return str(level["id"])
    raise BadInput(
        _("“%(value)s” is not a level of this rubric.", value=value[:60]),
        field=field,
        remedy=_("Choose one of its levels."),
    )
