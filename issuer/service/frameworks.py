"""Frameworks of standards: handed in as files, searched, and what an achievement takes from them."""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.award_rows import fold
from issuer.service.case_packages import CasePackage, read_package
from issuer.service.context import Context, Desk
from issuer.service.drafts import AlignmentDraft
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.store import frameworks, organisations, tables
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import Message, _
from kit.paging import Page, Window

MOST_FRAMEWORKS: Final = 50
MOST_WORDS: Final = 8
LONGEST_SEARCHED: Final = 20_000
SHIPPED: Final[Mapping[str, Message]] = MappingProxyType(
    {"prairie-bridge": _("Prairie Bridge competencies: an invented framework, to try it out")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework as pages and the API see it."""

    id: str
    identifier: str
    uri: str
    title: str
    creator: str
    version: str
    language: str
    notes: str
    levels: tuple[str, ...]
    item_count: int
    added: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a framework: ``name`` fits on a line, ``statement`` is all of it, ``within`` stands above it."""

    framework_id: str
    framework: str
    position: int
    uri: str
    code: str
    name: str
    statement: str
    kind: str
    levels: tuple[str, ...]
    depth: int
    within: str

    def alignment(self) -> AlignmentDraft:
        """What an achievement says that corresponds to it."""
        return AlignmentDraft(
            target_name=self.name,
            target_url=self.uri,
            target_code=self.code,
            target_description="" if self.statement == self.name else self.statement,
            target_framework=self.framework,
            target_type="CFItem",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for: words of text or code, in one framework or all, of one grade or any."""

    words: str = ""
    framework: str = ""
    level: str = ""


class FrameworkService:
    """Keeps an organisation's frameworks and searches them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, desk: Desk, data: bytes) -> Framework:
        """Take in a CASE package; one that is there under its identifier already is replaced.

        What achievements say stays: they hold copies.
        Raises: Refused, BadInput naming the place, TooLarge, Conflict.
        """
        desk.require(Right.DESCRIBE)
        package = read_package(data, loopback=self._context.settings.loopback)
        now = self._context.now()
        organisation = desk.organisation
        digest = hashlib.sha256(data).hexdigest()
        with self._context.database.session() as session:
            organisations.lock(session, organisation.id)
            row = frameworks.by_identifier(session, organisation.id, package.identifier)
            if row is not None and row.sha256 == digest:
                return _view(row)
            if row is None:
                if frameworks.count(session, organisation.id) >= MOST_FRAMEWORKS:
                    raise Conflict(
                        _("There are %(most)s frameworks here already. Remove one first.", most=MOST_FRAMEWORKS)
                    )
                row = tables.FrameworkRow(
                    id=str(uuid.uuid4()), organisation_id=organisation.id, identifier=package.identifier
                )
                session.add(row)
            _describe(row, package, digest=digest, now=now)
            session.flush()
            frameworks.replace_items(session, row, _rows(row, package))
            self._record(session, desk, "framework.add", row, now)
            return _view(row)

    def add_shipped(self, desk: Desk, name: str) -> Framework:
        """Take in a framework that comes with the program. Raises: Refused, NotFound, Conflict."""
        desk.require(Right.DESCRIBE)
        if name not in SHIPPED:
            raise NotFound
        return self.add(desk, resources.files("issuer").joinpath("frameworks", f"{name}.json").read_bytes())

    def remove(self, desk: Desk, framework_id: str) -> None:
        """Forget a framework. What achievements say stays. Raises: Refused, NotFound."""
        desk.require(Right.DESCRIBE)
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._row(session, desk, framework_id)
            frameworks.remove_items(session, row)
            self._record(session, desk, "framework.remove", row, self._context.now())
            session.delete(row)

    def listing(self, desk: Desk, at: Window) -> Page[Framework]:
        """One page of the organisation's frameworks. Raises: Refused."""
        desk.require(Right.DESCRIBE)
        with self._context.database.reading() as session:
            rows, total = frameworks.listing(session, desk.organisation.id, offset=at.offset, limit=at.size)
        return Page(items=[_view(row) for row in rows], number=at.number, size=at.size, total=total)

    def one(self, desk: Desk, framework_id: str) -> Framework:
        """One framework. Raises: Refused, NotFound."""
        desk.require(Right.DESCRIBE)
        with self._context.database.reading() as session:
            return _view(self._row(session, desk, framework_id))

    def search(self, desk: Desk, asked: Search, at: Window) -> Page[Item]:
        """One page of the items that fit. Raises: Refused, BadInput, NotFound for a framework that is not there."""
        desk.require(Right.DESCRIBE)
        text = fold(inputs.line(asked.words, "q", required=False, longest=200))
        words = list(dict.fromkeys(text.split()))
        if len(words) > MOST_WORDS:
            raise BadInput(
                _("Too many words to look for."), field="q", remedy=_("Use at most %(most)s.", most=MOST_WORDS)
            )
        with self._context.database.reading() as session:
            if asked.framework:
                self._row(session, desk, asked.framework)
            rows, total = frameworks.search(
                session,
                desk.organisation.id,
                words=words,
                code=text,
                framework_id=asked.framework,
                level=inputs.line(asked.level, "level", required=False, longest=40),
                offset=at.offset,
                limit=at.size,
            )
        items = [_item(row, title) for row, title in rows]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def items(self, desk: Desk, framework_id: str, positions: Collection[int]) -> Sequence[Item]:
        """The items at these places. Raises: Refused, NotFound when the framework, or one of them, is not there."""
        desk.require(Right.DESCRIBE)
        with self._context.database.reading() as session:
            row = self._row(session, desk, framework_id)
            rows = frameworks.items(session, desk.organisation.id, framework_id, positions)
        if len(rows) != len(set(positions)):
            raise NotFound
        return [_item(item, row.title) for item in rows]

    @staticmethod
    def _row(session: Session, desk: Desk, framework_id: str) -> tables.FrameworkRow:
        row = frameworks.one(session, desk.organisation.id, framework_id)
        if row is None:
            raise NotFound
        return row

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, row: tables.FrameworkRow, now: datetime) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=row.id,
            count=row.item_count,
        )


def _describe(row: tables.FrameworkRow, package: CasePackage, *, digest: str, now: datetime) -> None:
    row.uri, row.title, row.creator = package.uri, package.title, package.creator
    row.version, row.language, row.notes = package.version, package.language, package.notes
    row.levels, row.item_count = ",".join(package.levels), len(package.items)
    row.sha256, row.added = digest, now


def _rows(row: tables.FrameworkRow, package: CasePackage) -> list[tables.FrameworkItemRow]:
    return [
        tables.FrameworkItemRow(
            framework_id=row.id,
            position=position,
            organisation_id=row.organisation_id,
            identifier=item.identifier,
            uri=item.uri,
            code=item.code,
            code_folded=fold(item.code),
            name=item.name,
            statement=item.statement,
            folded=fold(f"{item.code} {item.name} {item.statement} {item.keywords}", longest=LONGEST_SEARCHED),
            kind=item.kind,
            levels=f",{','.join(item.levels)},",
            depth=item.depth,
            within=item.within,
        )
        for position, item in enumerate(package.items)
    ]


def _view(row: tables.FrameworkRow) -> Framework:
    return Framework(
        id=row.id,
        identifier=row.identifier,
        uri=row.uri,
        title=row.title,
        creator=row.creator,
        version=row.version,
        language=row.language,
        notes=row.notes,
        levels=tuple(level for level in row.levels.split(",") if level),
        item_count=row.item_count,
        added=row.added,
    )


def _item(row: tables.FrameworkItemRow, title: str) -> Item:
    return Item(
        framework_id=row.framework_id,
        framework=title,
        position=row.position,
        uri=row.uri,
        code=row.code,
        name=row.name,
        statement=row.statement,
        kind=row.kind,
        levels=tuple(level for level in row.levels.split(",") if level),
        depth=row.depth,
        within=row.within,
    )
