"""From what was handed in to a stored verdict, and back from a verdict's id to the whole record of it.

A verdict is stored as its replayable record: the document, the evidence, the policy and the time. Checking again makes
a new one beside it, from fresh evidence; the earlier one stays as it was.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from kit.clock import Clock
from kit.db import Database
from kit.errors import BadInput, NotFound
from kit.fetch import Fetcher, verify_online
from kit.i18n import _
from kit.intake import InputRefused, SeveralFound, explained, read
from kit.limits import Attempts, Misses
from vc.document import Document, JsonValue
from vc.evidence import Evidence
from vc.policy import RECOMMENDED, Policy, RecognisedIssuer
from vc.problems import Url
from vc.record import Record, replay
from vc.verification import verify
from verifier import store
from verifier.service.capacity import Capacity
from verifier.service.findings import dids_in, status_entries, warnings_for
from verifier.service.inputs import Kind, Submission, submission
from verifier.service.memory import Memory
from verifier.service.obtaining import Obtained, obtain
from verifier.service.recognition import Recognition
from verifier.service.verdicts import Judged, RecognitionUse, pack, unpack

SWEEP_EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the operator decided: our origin, how long verdicts are kept, how long a check may take."""

    origin: str
    loopback: bool
    verdict_days: int
    memory_days: int
    deadline_seconds: float


class Judging:
    """Judges, keeps and finds verdicts."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        fetcher: Fetcher,
        recognition: Recognition,
        capacity: Capacity,
        attempts: Attempts,
        rules: Rules,
    ) -> None:
        self._database = database
        self._clock = clock
        self._fetcher = fetcher
        self._recognition = recognition
        self._capacity = capacity
        self._attempts = attempts
        self._rules = rules
        self._misses = Misses(clock)
        self._memory = Memory(database=database)
        self._swept: datetime | None = None

    def check(
        self,
        data: bytes,
        *,
        reader: str,
        recognition: RecognitionUse,
        newer: bool,
        client: str,
        media_type: str | None = None,
    ) -> str:
        """Judge what was handed in and store the verdict; returns its id.

        ``reader`` is what the family sees of who asked; ``newer`` is whether the issuer is asked for a newer version;
        ``client`` is whom a limit counts; ``media_type`` is what a program declared about its bytes.
        Raises: SeveralFound, BadInput, Gone, Unreachable, TooMany, Unavailable.
        """

        def submitted() -> Submission:
            found = read(data, media_type=media_type, name="")
            if len(found.items) > 1:
                raise SeveralFound(found)
            return submission(found.only(), loopback=self._rules.loopback)

        return self._judge(submitted, reader=reader, recognition=recognition, newer=newer, earlier=None, client=client)

    def check_again(self, verdict_id: str, *, client: str) -> str:
        """Judge the same input with fresh evidence; returns the id of a new verdict.

        Raises: NotFound, and what :meth:`check` raises.
        """
        judged = self.find(verdict_id, client=client)
        return self._judge(
            lambda: judged.submission,
            reader=judged.reader,
            recognition=judged.recognition,
            newer=judged.record.policy.follow_refresh,
            earlier=verdict_id,
            client=client,
        )

    def judge(self, asked: Callable[[], Obtained], *, client: str) -> Judged:
        """Judge for a program that keeps the answer itself: no verdict is stored, so its id leads nowhere.

        ``asked`` reads the document and the question that it has to answer; it is called when there is a place for it.
        Raises: TooMany, Unavailable; what ``asked`` raises.
        """
        handed_in = Submission(kind=Kind.DOCUMENT)
        return self._judged(
            lambda: handed_in,
            lambda _submission: asked(),
            reader="",
            recognition="list",
            newer=False,
            earlier=None,
            client=client,
        )

    def find(self, verdict_id: str, *, client: str) -> Judged:
        """The stored verdict with this id. Wrong guesses are counted against ``client`` and against all together.

        Raises: NotFound when there is none, or none any more; TooMany.
        """
        self._misses.admit(client)
        with self._database.reading() as session:
            content = store.find_verdict(session, verdict_id, now=self._clock.now())
        if content is None:
            self._misses.missed(client)
            raise NotFound(
                _("There is no verdict at this address, or the time for which it was kept is over. Check it again.")
            )
        return unpack(verdict_id, content)

    def replay(self, data: bytes, *, client: str) -> dict[str, JsonValue]:
        """Make a record's report again, from the record alone: the report, and whether it is the recorded one.

        Raises: BadInput for what is no record, TooMany, Unavailable.
        """
        self._attempts.spend(client)
        ours = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
        with self._capacity.place():
            try:
                record = Record.from_json(json.loads(data))
                asked = record.policy
                if asked.max_children > ours.max_children or asked.max_proofs > ours.max_proofs:
                    raise BadInput(_("This record asks for more than is checked here."), field="policy")
                report = replay(record)
                made, recorded = report.to_json(), record.report.to_json()
                equal = made == recorded
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
                remedy = _("Send the file that “Download the record” gave, unchanged.")
                raise BadInput(_("This is not the record of a verdict."), field="record", remedy=remedy) from None
        return {
            "equal": equal,
            "verdict": report.verdict.value,
            "recognition": report.recognition.value,
            "report": made,
        }

    def sweep(self) -> int:
        """Delete verdicts whose time is over, and copies of lists that no host confirms any more."""
        now = self._clock.now()
        self._swept = now
        with self._database.session() as session:
            store.sweep_resources(session, before=now - timedelta(days=self._rules.memory_days))
            return store.sweep_verdicts(session, now=now)

    def _judge(
        self,
        submitted: Callable[[], Submission],
        *,
        reader: str,
        recognition: RecognitionUse,
        newer: bool,
        earlier: str | None,
        client: str,
    ) -> str:
        def obtained(chosen: Submission) -> Obtained:
            return obtain(
                chosen,
                fetcher=self._fetcher,
                origin=self._rules.origin,
                reader=reader,
                loopback=self._rules.loopback,
            )

        judged = self._judged(
            submitted, obtained, reader=reader, recognition=recognition, newer=newer, earlier=earlier, client=client
        )
        with self._database.session() as session:
            store.keep_verdict(session, judged.id, pack(judged), created=self._clock.now(), expires=judged.expires)
        return judged.id

    def _judged(
        self,
        submitted: Callable[[], Submission],
        obtaining: Callable[[Submission], Obtained],
        *,
        reader: str,
        recognition: RecognitionUse,
        newer: bool,
        earlier: str | None,
        client: str,
    ) -> Judged:
        self._attempts.admit(client)
        if self._swept is None or self._clock.now() - self._swept >= SWEEP_EVERY:
            self.sweep()
        with self._capacity.place():
            self._attempts.spend(client)  # who was turned away for want of a place has not used up a try
            try:
                chosen = submitted()  # a picture or a PDF is opened only when there is a place for it
            except InputRefused as refused:
                raise explained(refused) from None
            obtained = obtaining(chosen)
            known = self._recognition.recognised() if recognition == "list" else ()
            policy = self._policy(obtained, known, newer=newer)
            record, rolled_back = self._decide(obtained.document, policy)
        return Judged(
            id=store.new_verdict_id(),
            record=record,
            submission=chosen,
            reader=reader,
            recognition=recognition,
            earlier=earlier,
            rolled_back=rolled_back,
            warnings=warnings_for(obtained.document, known),
            last_good=self._last_good(record.evidence),
            expires=self._clock.now() + timedelta(days=self._rules.verdict_days),
        )

    def _policy(self, obtained: Obtained, known: Sequence[RecognisedIssuer], *, newer: bool) -> Policy:
        """The recommended policy with those entries of the list that could matter: a record never carries the rest."""
        named = dids_in(obtained.document.value)
        recommended = RECOMMENDED(
            recognised=[issuer for issuer in known if issuer.did in named],
            loopback=self._rules.loopback,
            require_holder_binding=obtained.challenge is not None,
            challenge=obtained.challenge,
            domain=obtained.domain,
        )
        return replace(recommended, follow_refresh=newer)

    def _decide(self, document: Document, policy: Policy) -> tuple[Record, tuple[str, ...]]:
        """Fetch, judge, complete the evidence from memory, and judge for good if that changed it."""
        now = self._clock.now()
        report, evidence = verify_online(
            document, fetcher=self._fetcher, policy=policy, now=now, seconds=self._rules.deadline_seconds
        )
        entries = list(status_entries(report))
        completed = self._memory.newest(evidence, {Url(entry.list_url) for entry in entries})
        evidence = completed.evidence
        if completed.rolled_back:
            report = verify(document, evidence=evidence, policy=policy, now=now)
            entries = list(status_entries(report))
        verified = [entry for entry in entries if entry.value is not None]
        self._memory.keep(evidence, {Url(entry.list_url) for entry in verified})
        self._memory.forget_lifted(verified)
        if any(entry.value for entry in verified):
            seen = self._memory.first_seen([entry for entry in verified if entry.value], now=now)
            evidence = replace(evidence, first_seen=seen)
            report = verify(document, evidence=evidence, policy=policy, now=now)
        record = Record(document=document.bytes, evidence=evidence, policy=policy, now=now, report=report)
        return record, completed.rolled_back

    def _last_good(self, evidence: Evidence) -> dict[str, datetime]:
        """When each address that gave nothing this time was last had; one never had is left out."""
        failed = (url for url, resource in evidence.resources.items() if resource.error is not None)
        found = ((url, self._fetcher.last_good(url)) for url in failed)
        return {url: moment for url, moment in found if moment is not None}
