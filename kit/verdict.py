"""A verdict in words: two statements, always, and every check with its evidence and the evidence's age.

*Is it real?* is read off the report's verdict, *Who says so?* off its recognition; the headline is green only when both
hold. This module chooses sentences and never decides anything: what a report does not say is not said here. The
sentences stand in `kit.verdict_words`. Texts are `Message`s, put into the reader's language where they are shown; dates
and ages are finished in `lang`.

Names out of documents are not used here, because nobody has confirmed them: an issuer is named as the reader's own list
names it, or by its address. `names` lets a role add names that it vouches for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kit.i18n import Message, _, date_long, date_time, ngettext
from kit.verdict_phrases import Phrases, moment_of
from kit.verdict_words import (
    CHECK_DOES_NOT_APPLY,
    CHECK_HOW,
    CHECK_PASSED,
    CHECK_TITLES,
    HOSTED_PASSED,
    OUTCOME_WORDS,
    UNKNOWN_PROBLEM,
    sentence_for,
)
from vc.checks import PROOF_AND_BINDING, Check, CheckName, DocumentKind, Outcome, Report, Verdict
from vc.problems import PROBLEMS

REAL: Final = _("Is it real?")
WHO: Final = _("Who says so?")

_TONES: Final = {
    Verdict.GENUINE_AND_CURRENT: ("genuine", "shield-check"),
    Verdict.GENUINE_BUT: ("but", "triangle-info"),
    Verdict.WITHDRAWN: ("withdrawn", "crossed-block"),
    Verdict.NOT_GENUINE: ("forged", "octagon-cross"),
    Verdict.COULD_NOT_BE_CHECKED: ("unknown", "circle-question"),
}
_OUTCOMES: Final = {
    Outcome.PASSED: ("genuine", "check"),
    Outcome.CAUTION: ("but", "triangle-info"),
    Outcome.FAILED: ("forged", "octagon-cross"),
    Outcome.INDETERMINATE: ("unknown", "circle-question"),
    Outcome.NOT_APPLICABLE: ("plain", "dash"),
}
_BUT_WORDS: Final = {
    PROBLEMS + "expired": _("Genuine, but expired"),
    PROBLEMS + "not-yet-valid": _("Genuine, but not valid yet"),
    PROBLEMS + "suspended": _("Genuine, but paused"),
    PROBLEMS + "status-message": _("Genuine, but with a message"),
    PROBLEMS + "unsigned-list": _("Genuine, but the list of withdrawals is not signed"),
    PROBLEMS + "newer-version": _("Genuine, but there is a newer version"),
    PROBLEMS + "holder-not-bound": _("Genuine, but not bound to this person"),
    PROBLEMS + "unrecognised-issuer": _("Genuine, but from someone you do not know"),
    PROBLEMS + "child-caution": _("Genuine, but not in every part"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One of the two statements: `question`, `word` (the headline), `sentence`, and what follows in `more`."""

    question: Message
    word: Message
    sentence: Message
    more: tuple[Message, ...]
    tone: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check in words. `technical` are pairs of a term and a value, for those who want to know exactly."""

    name: str
    title: Message
    word: Message
    detail: tuple[Message, ...]
    evidence: Message | None
    how: Message
    technical: tuple[tuple[str, str], ...]
    tone: str
    icon: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """A report in words. `tone` is the headline's; `green` only when it is real **and** a list says so."""

    tone: str
    green: bool
    real: Statement
    who: Statement
    checks: tuple[CheckLine, ...]
    children: tuple[VerdictView, ...]
    checked: str

    def to_json(self, say: Callable[[Message], str]) -> dict[str, Any]:
        """The words as a JSON object; `say` puts a message into the reader's language."""
        return {
            "checked": self.checked,
            "green": self.green,
            "statements": [
                {"question": say(item.question), "word": say(item.word), "sentence": say(item.sentence)}
                | {"more": [say(text) for text in item.more]}
                for item in (self.real, self.who)
            ],
            "checks": [
                {"name": line.name, "title": say(line.title), "word": say(line.word)}
                | {
                    "detail": [say(text) for text in line.detail],
                    "evidence": say(line.evidence) if line.evidence else None,
                }
                for line in self.checks
            ],
            "children": [child.to_json(say) for child in self.children],
        }


def verdict_view(
    report: Report,
    lang: str,
    now: datetime,
    *,
    names: Mapping[str, str] | None = None,
    titles: Sequence[str | Message] = (),
) -> VerdictView:
    """Put `report` into words in the language `lang`.

    `now` is the moment of the check (a stored verdict keeps it), from which ages are counted. `names`: DID → a name
    that the role vouches for. `titles`: what to call the contained credentials, in order; else they are numbered.
    """
    words = _Words(lang=lang, now=now, names=names or {}, titles=titles)
    real, who = words.real(report), words.who(report)
    return VerdictView(
        tone=real.tone,
        green=report.headline_green,
        real=real,
        who=who,
        checks=tuple(words.line(check) for check in report.checks),
        children=tuple(verdict_view(child, lang, now, names=names) for child in report.children),
        checked=date_time(now, lang),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words(Phrases):
    def real(self, report: Report) -> Statement:
        """The first statement."""
        tone, icon = _TONES[report.verdict]
        word, sentence, more = {
            Verdict.GENUINE_AND_CURRENT: self.current,
            Verdict.GENUINE_BUT: self.but,
            Verdict.WITHDRAWN: self.withdrawn,
            Verdict.NOT_GENUINE: self.not_genuine,
            Verdict.COULD_NOT_BE_CHECKED: self.not_checked,
        }[report.verdict](_spoken(report))
        if report.verdict is Verdict.GENUINE_AND_CURRENT and not report.headline_green:
            # Genuine, but nobody the reader knows says so: true, and never green.
            tone = "plain"
        return Statement(question=REAL, word=word, sentence=sentence, more=more, tone=tone, icon=icon)

    def current(self, report: Report) -> tuple[Message, Message, tuple[Message, ...]]:
        fetched = [at for check in _statuses(report) if (at := moment_of(check.facts.get("retrieved")))]
        if not fetched:
            sentence = _("Checked %(moment)s. There is no list of withdrawals to ask.", moment=self.moment(self.now))
        else:
            moment, age = self.moment(self.now), self.age(min(fetched))
            sentence = _("Checked %(moment)s; list of withdrawn awards %(age)s old.", moment=moment, age=age)
        return _("Genuine and current"), sentence, ()

    def but(self, report: Report) -> tuple[Message, Message, tuple[Message, ...]]:
        cautions = [check for check in report.checks if check.outcome is Outcome.CAUTION]
        types = list(dict.fromkeys(problem.type for check in cautions for problem in check.problems))
        word = _BUT_WORDS.get(types[0], _("Genuine, but take note")) if len(types) == 1 else _("Genuine, but take note")
        sentences = list(dict.fromkeys(text for check in cautions for text in self.caution(check)))
        more = (*sentences[1:], _("Checked %(moment)s.", moment=self.moment(self.now)))
        return word, sentences[0] if sentences else UNKNOWN_PROBLEM, more

    def withdrawn(self, report: Report) -> tuple[Message, Message, tuple[Message, ...]]:
        sentence, *more = self.withdrawal(report.check(CheckName.STATUS).facts)
        more.append(_("It is not forged: it was really issued, and is no longer upheld."))
        return _("Withdrawn"), sentence, tuple(more)

    def not_genuine(self, report: Report) -> tuple[Message, Message, tuple[Message, ...]]:
        failed = [
            check for check in report.checks if check.outcome is Outcome.FAILED and check.name in PROOF_AND_BINDING
        ]
        sentences = list(dict.fromkeys(self.problems(failed)))
        todo = _("Do not rely on it. Ask for the original, or ask the issuer directly.")
        return _("Not genuine"), sentences[0] if sentences else UNKNOWN_PROBLEM, (*sentences[1:], todo)

    def not_checked(self, report: Report) -> tuple[Message, Message, tuple[Message, ...]]:
        open_ones = [check for check in report.checks if check.outcome in {Outcome.INDETERMINATE, Outcome.FAILED}]
        sentences = list(dict.fromkeys(self.problems(open_ones)))
        first = sentences[0] if sentences else _("There is nothing in it that somebody signed.")
        return _("Could not be checked"), first, (*sentences[1:], self.advice(open_ones))

    def who(self, report: Report) -> Statement:
        """The second statement."""
        leaves = list(_leaves(report))
        entries = [leaf.check(CheckName.RECOGNITION).facts for leaf in leaves]
        known = [facts for facts in entries if facts.get("recognised") is True]
        signed = [leaf for leaf in leaves if leaf.check(CheckName.SIGNATURE).outcome is Outcome.PASSED]
        if not signed:
            word, sentence = _("Nobody, as far as can be told"), _("No signature in it could be confirmed.")
            return Statement(question=WHO, word=word, sentence=sentence, more=(), tone="unknown", icon="seal-open")
        lists = list(dict.fromkeys((str(f.get("name")), str(f.get("listName"))) for f in known))
        notes = tuple(
            _("Note on your list: %(text)s", text=note) for f in known[:1] if (note := str(f.get("note") or ""))
        )
        unlisted = sum(1 for leaf in leaves for each in _inside(leaf) if not _listed(each))
        if unlisted:
            notes += (
                ngettext(
                    "One credential inside is signed by somebody on no list that you use.",
                    "%(count)s credentials inside are signed by somebody on no list that you use.",
                    unlisted,
                ),
            )
        if len(known) == len(leaves) and len(lists) == 1:
            name, list_name = lists[0]
            word, sentence = _("On your list: %(name)s", name=name), _("It stands on “%(list)s”.", list=list_name)
        elif len(known) == len(leaves):
            word = ngettext("On your lists: %(count)s issuer", "On your lists: %(count)s issuers", len(lists))
            sentence = _("Everyone who signed a part of it: %(names)s.", names=", ".join(name for name, _list in lists))
        else:
            return self.unknown(leaves, known)
        return Statement(question=WHO, word=word, sentence=sentence, more=notes, tone="genuine", icon="seal-check")

    def unknown(self, leaves: Sequence[Report], known: Sequence[Mapping[str, Any]]) -> Statement:
        """Not everyone who signed is on a list of the reader."""
        more: tuple[Message, ...] = (
            _("That says nothing against it: find out who they are, then put them on your list."),
        )
        if known:
            word = _("Partly on your list")
            sentence = _(
                "Of %(all)s credentials in it, %(known)s are signed by somebody on a list that you use.",
                all=len(leaves),
                known=len(known),
            )
        else:
            issuers = dict.fromkeys(
                self.who_is(leaf.check(CheckName.RECOGNITION).facts.get("issuer")) for leaf in leaves
            )
            word = _("On no list that you use")
            who = next(iter(issuers))
            hosted = all(leaf.check(CheckName.SIGNATURE).facts.get("method") == "hosted" for leaf in leaves)
            sentence = _("Signed by %(who)s.", who=who)
            if str(who).startswith("did:"):
                sentence = _("Signed with a key that belongs to no address: %(who)s", who=who)
            elif hosted:
                sentence = _("Published by %(who)s. Nobody signed it.", who=who)
            if len(issuers) > 1:
                sentence = _("Signed by %(count)s issuers.", count=len(issuers))
            if all(leaf.check(CheckName.RECOGNITION).facts.get("ownWord") is True for leaf in leaves):
                word = _("Their own word")
                sentence = _("Whoever signed this says it of themself. Nobody else has confirmed it.")
                more = ()
        return Statement(question=WHO, word=word, sentence=sentence, more=more, tone="but", icon="seal-open")

    def line(self, check: Check) -> CheckLine:
        """One check."""
        tone, icon = _OUTCOMES[check.outcome]
        word = OUTCOME_WORDS[check.outcome]
        if check.name is CheckName.STATUS and check.outcome is Outcome.FAILED:
            (tone, icon), word = _TONES[Verdict.WITHDRAWN], _("Withdrawn")
        if check.name is CheckName.RECOGNITION and check.outcome is Outcome.NOT_APPLICABLE:
            word = _("On no list")
        title = CHECK_TITLES[check.name]
        if check.name is CheckName.CREDENTIAL:
            title = _("Contained: %(name)s", name=self.title(check))
        return CheckLine(
            name=str(check.name),
            title=title,
            word=word,
            detail=tuple(dict.fromkeys(self.detail(check))),
            evidence=self.evidence(check),
            how=CHECK_HOW[check.name],
            technical=tuple(_technical(check)),
            tone=tone,
            icon=icon,
            subject=check.subject,
        )

    def detail(self, check: Check) -> Iterator[Message]:
        """What a check found, in sentences."""
        if check.outcome is Outcome.PASSED:
            yield from self.passed(check)
        elif check.outcome is Outcome.NOT_APPLICABLE:
            yield CHECK_DOES_NOT_APPLY.get(check.name, _("This does not apply here."))
        elif check.outcome is Outcome.CAUTION:
            yield from self.caution(check)
        elif check.name is CheckName.STATUS and check.outcome is Outcome.FAILED:
            yield from self.withdrawal(check.facts)
        else:
            found = list(self.problems([check]))
            yield from found or [sentence_for(problem.type) for problem in check.problems]

    def passed(self, check: Check) -> Iterator[Message]:
        facts = check.facts
        end = moment_of(facts.get("validUntil"))
        if check.name is CheckName.VALIDITY and end:
            yield _("It holds until %(day)s.", day=date_long(end, self.lang))
        elif check.name is CheckName.RECOGNITION:
            yield _("%(name)s, on “%(list)s”.", name=str(facts.get("name")), list=str(facts.get("listName")))
        elif facts.get("method") == "hosted" and check.name in HOSTED_PASSED:
            yield HOSTED_PASSED[check.name]
        else:
            yield CHECK_PASSED[check.name]
        if check.name is CheckName.STATUS:
            yield from self.meanings(facts)
        if check.name is CheckName.PROOF_POLICY and (created := moment_of(facts.get("created"))):
            yield _("Signed on %(day)s.", day=date_long(created, self.lang))
        if check.name is CheckName.PROOF_POLICY and facts.get("selective") is True:
            yield _("Whoever shows this chose which parts to show; others may have been left out.")

    def evidence(self, check: Check) -> Message | None:
        """What the answer rests on, and how old that is."""
        fetched = moment_of(check.facts.get("retrieved"))
        if fetched is None:
            return None
        moment, age = self.moment(fetched), self.age(fetched)
        if check.facts.get("fromCache"):
            return _("The issuer's list, as kept here since %(moment)s: %(age)s old.", moment=moment, age=age)
        return _("The issuer's list, fetched %(moment)s: %(age)s old at this check.", moment=moment, age=age)


def _leaves(report: Report) -> Iterator[Report]:
    """Who says so: everyone who signed a credential that is shown; its issuer vouches for what it contains."""
    if report.document_kind is not DocumentKind.PRESENTATION or not report.children:
        yield report
        return
    for child in report.children:
        yield from _leaves(child)


def _inside(report: Report) -> Iterator[Report]:
    """The credentials that a record contains and whose signature holds; what is said about them is not among them."""
    for child in report.children:
        is_praise = child.document_kind is DocumentKind.ENDORSEMENT_CREDENTIAL
        if not is_praise and child.check(CheckName.SIGNATURE).outcome is Outcome.PASSED:
            yield child
        yield from () if is_praise else _inside(child)


def _listed(report: Report) -> bool:
    return report.check(CheckName.RECOGNITION).facts.get("recognised") is True


def _all(report: Report) -> Iterator[Report]:
    yield report
    for child in report.children:
        yield from _all(child)


def _spoken(report: Report) -> Report:
    """The report whose words are said: an envelope around one credential says what that credential says."""
    if report.document_kind is not DocumentKind.PRESENTATION or not report.children:
        return report
    said = {Outcome.CAUTION, Outcome.FAILED, Outcome.INDETERMINATE}
    if any(check.outcome in said and check.name is not CheckName.CREDENTIAL for check in report.checks):
        return report
    alone = len(report.children) == 1 or report.verdict is Verdict.WITHDRAWN
    return report.children[0] if alone else report


def _statuses(report: Report) -> Iterator[Check]:
    yield from (each.check(CheckName.STATUS) for each in _all(report))


def _technical(check: Check) -> Iterator[tuple[str, str]]:
    """The check as a program sees it."""
    yield "check", str(check.name)
    if check.subject:
        yield "subject", check.subject
    for problem in check.problems:
        yield "problem", problem.type
        yield "detail", problem.detail + (f" ({problem.pointer})" if problem.pointer else "")
    for name, value in check.facts.items():
        if isinstance(value, str | int | float) and value != "":
            yield name, str(value)
    for url in sorted(check.missing):
        yield "missing", str(url)
