from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import kit
from kit.fetch import Reason as FetchReason
from kit.i18n import Catalogues, Message
from kit.patterns_verdicts import DID, NAMES, NOW, samples
from kit.verdict import verdict_view
from kit.verdict_words import (
    CHECK_HOW,
    CHECK_PASSED,
    CHECK_TITLES,
    FETCH_REASONS,
    OUTCOME_WORDS,
    PROBLEM_SENTENCES,
    REASONS,
    UNKNOWN_PROBLEM,
    sentence_for,
)
from vc.checks import Check, CheckName, DocumentKind, Outcome, Report
from vc.problems import ALL_PROBLEMS, PROBLEMS, Problem
from vc.status import Reason

CATALOGUES = Catalogues.load([Path(kit.__file__).parent / "locale"])
REPORTS = dict(samples())


def say(message, language="en"):
    return CATALOGUES.say(language, message)


def view(name, language="en", **arguments):
    return verdict_view(REPORTS[name], language, NOW, names=NAMES, **arguments)


def test_every_problem_type_has_one_sentence():
    assert set(PROBLEM_SENTENCES) == set(ALL_PROBLEMS)


@pytest.mark.parametrize(
    "table", [PROBLEM_SENTENCES, CHECK_TITLES, CHECK_HOW, CHECK_PASSED, OUTCOME_WORDS, REASONS, FETCH_REASONS]
)
def test_every_sentence_has_spanish_words_of_its_own(table):
    for message in table.values():
        assert CATALOGUES.text("es", message) != message.singular


def test_an_unheard_of_problem_has_a_sentence_too():
    assert sentence_for("https://elsewhere.example/#odd") is UNKNOWN_PROBLEM


def test_every_check_and_outcome_has_words():
    assert set(CHECK_TITLES) == set(CHECK_HOW) == set(CHECK_PASSED) == set(CheckName)
    assert set(OUTCOME_WORDS) == set(Outcome)


def test_every_reason_of_a_withdrawal_and_of_a_failed_fetch_has_words():
    assert set(REASONS) == {reason.code for reason in Reason}
    assert set(FETCH_REASONS) == {reason.value for reason in FetchReason}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_there_are_always_two_statements_each_with_word_icon_and_tone(name, language):
    shown = view(name, language)
    for statement in (shown.real, shown.who):
        for part in (statement.question, statement.word, statement.sentence):
            assert say(part, language).strip()
        assert statement.icon
        assert statement.tone
    assert len(shown.checks) == len(REPORTS[name].checks)


def test_verdicts_read_as_they_should():
    said = {name: (say(view(name).real.word), say(view(name).real.sentence)) for name in REPORTS}
    assert said["genuine"] == (
        "Genuine and current",
        "Checked 3 March 2027, 10:02 UTC; list of withdrawn awards 4 minutes old.",
    )
    assert said["expired"] == (
        "Genuine, but expired",
        "It was genuine when issued, and valid until 1 March 2027.",
    )
    assert said["withdrawn"] == ("Withdrawn", "Maple Co-op withdrew this on 1 March 2027.")
    assert said["forged"][0] == "Not genuine"
    assert said["unknown"] == (
        "Could not be checked",
        (
            "On 3 March 2027, 10:02 UTC nothing could be learned about the issuer's list of withdrawals: "
            "maple.example did not answer in time."
        ),
    )
    assert said["presentation"] == (
        "Genuine, but not in every part",
        "Inside it, credential 2 has been withdrawn; the rest stands.",
    )


def test_spanish_is_written_out():
    assert say(view("genuine", "es").real.sentence, "es") == (
        "Comprobado el 3 de marzo de 2027, 10:02 UTC; la lista de retiradas tenía 4 minutos."
    )


def test_the_headline_is_green_only_when_both_hold():
    tones = {name: view(name).tone for name in REPORTS}
    assert [name for name, tone in tones.items() if tone == "genuine"] == ["genuine"]
    assert view("genuine").green
    assert not view("genuine-unlisted").green


def test_a_withdrawal_says_by_whom_since_when_and_why_and_that_it_is_not_forged():
    shown = view("withdrawn")
    said = " ".join(say(text) for text in (shown.real.sentence, *shown.real.more))
    for part in ("Maple Co-op", "1 March 2027", "issued in error", "not forged"):
        assert part in said


@pytest.mark.parametrize("name", ["unknown", "genuine-unlisted"])
def test_what_is_unknown_is_not_suspicious(name):
    shown = view(name)
    said = " ".join(say(text) for item in (shown.real, shown.who) for text in (item.sentence, *item.more))
    assert "says nothing against it" in said
    assert "forged" not in said


def test_every_caution_is_said_when_there_are_several():
    shown = view("several")
    assert say(shown.real.word) == "Genuine, but take note"
    said = " ".join(say(text) for text in (shown.real.sentence, *shown.real.more))
    for part in ("1 March 2027", "paused", "belongs to the person"):
        assert part in said


def test_an_issuer_is_named_by_its_address_when_nobody_vouches_for_a_name():
    shown = verdict_view(REPORTS["withdrawn"], "en", NOW)
    assert say(shown.real.sentence) == "maple.example withdrew this on 1 March 2027."


def test_a_forged_document_is_said_by_nobody_even_when_its_issuer_is_on_the_list():
    report = REPORTS["forged"]
    listed = REPORTS["genuine"].check(CheckName.RECOGNITION)
    unproven = replace(listed, facts={**listed.facts, "recognised": False})
    checks = tuple(unproven if check.name is CheckName.RECOGNITION else check for check in report.checks)
    shown = verdict_view(replace(report, checks=checks), "en", NOW)
    assert say(shown.who.word) == "Nobody, as far as can be told"


def test_a_report_without_checks_is_never_good_news():
    empty = Report(document_kind=DocumentKind.UNKNOWN, digest="", checks=())
    shown = verdict_view(empty, "en", NOW)
    assert say(shown.real.word) == "Could not be checked"
    assert shown.tone == "unknown"


def test_a_contained_credential_is_called_by_its_title_where_one_is_given():
    shown = view("presentation", titles=("Algebra", "Field botany"))
    assert say(shown.real.sentence) == "Inside it, “Field botany” has been withdrawn; the rest stands."


def test_every_check_line_tells_the_age_of_its_evidence():
    line = next(line for line in view("genuine").checks if line.name == "status")
    assert say(line.evidence) == "The issuer's list, fetched 3 March 2027, 09:58 UTC: 4 minutes old at this check."


def test_a_strangers_words_are_not_markup_and_not_placeholders():
    message = Check(
        name=CheckName.STATUS,
        outcome=Outcome.CAUTION,
        problems=(Problem(type=PROBLEMS + "status-message", title="", detail=""),),
        facts={"message": "100%(text)s <b>off</b>", "listIssuer": DID},
    )
    report = replace(REPORTS["genuine"], checks=(*REPORTS["genuine"].checks[:8], message))
    shown = verdict_view(report, "en", NOW)
    assert say(shown.real.sentence) == "Its issuer says: “100%(text)s <b>off</b>”"


def test_ages_are_never_negative():
    early = NOW - timedelta(hours=1)
    assert "1 second old" in say(verdict_view(REPORTS["genuine"], "en", early).real.sentence)


def test_json_has_the_same_words():
    value = view("withdrawn").to_json(say)
    assert [item["question"] for item in value["statements"]] == ["Is it real?", "Who says so?"]
    assert value["statements"][0]["word"] == "Withdrawn"
    assert value["checked"] == "3 March 2027, 10:02 UTC"


def test_a_moment_without_meaning_is_left_out():
    broken = REPORTS["expired"].check(CheckName.VALIDITY)
    checks = tuple(
        replace(broken, facts={"validUntil": "soon"}) if check.name is CheckName.VALIDITY else check
        for check in REPORTS["expired"].checks
    )
    shown = verdict_view(replace(REPORTS["expired"], checks=checks), "en", datetime(2027, 3, 3, tzinfo=UTC))
    assert say(shown.real.sentence) == "Its time is over. It was genuine when it was issued."
    assert isinstance(shown.real.sentence, Message)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_selection_says_that_it_is_one(language):
    whole = REPORTS["genuine"].check(CheckName.PROOF_POLICY)
    part = replace(whole, facts={**whole.facts, "selective": True})
    said = []
    for check in (whole, part):
        shown = verdict_view(replace(REPORTS["genuine"], checks=(check,)), language, NOW)
        said.append(say(shown.checks[0].detail[-1], language))
    chose = {"en": "chose which parts to show", "es": "eligió qué partes mostrar"}[language]
    assert [chose in sentence for sentence in said] == [False, True]
