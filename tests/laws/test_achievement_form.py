"""Whatever Open Badges knows of an achievement goes from a form to a document and back without a change."""

import string
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from issuer.pages import describing
from issuer.service.achievement_body import achievement_body
from issuer.service.achievements import Achievement
from issuer.service.context import Organisation
from issuer.service.documents import specimen
from issuer.service.drafts import (
    AchievementDraft,
    AlignmentDraft,
    CreatorDraft,
    IdentifierDraft,
    LevelDraft,
    RelatedDraft,
    ResultDescriptionDraft,
)
from issuer.service.lint import lint_template
from issuer.service.vocabulary import HOURS_ATTENDED, IDENTIFIER_TYPES, RESULT_TYPES, TARGET_TYPES
from kit.achievement_words import ACHIEVEMENT_TYPES

IRI = "https://maple.example.org/orgs/maple-co-op/achievements/4b1f0c1e-0000-4000-8000-000000000000"
SIGNS = string.ascii_letters + string.digits + " ,;|/\"'<>&{}%:#áñüßØ中文ąḿ́e\u0301🧵"
LINE = st.text(SIGNS, min_size=1, max_size=12).filter(str.strip)
LINES = LINE | st.just("")
TEXTS = st.lists(LINE, max_size=3).map("\n\n".join)
ADDRESS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8).map("https://example.org/{}".format)
LANGUAGE = st.sampled_from(("", "en", "es", "es-MX", "zh-Hant"))
EXTENSION = st.text(string.ascii_letters + "._-", min_size=1, max_size=8).map("ext:{}".format)


def maybe(strategy):
    return strategy | st.just("")


def own_names(item):
    return unicodedata.normalize("NFC", item.name.strip()).casefold()


def counted_once(item):
    """Hours can be one mark of an achievement; of the other kinds there can be several."""
    return item.result_type if item.result_type == HOURS_ATTENDED else (own_names(item),)


ALIGNMENTS = st.lists(
    st.builds(
        AlignmentDraft,
        target_name=LINE,
        target_url=ADDRESS,
        target_code=LINES,
        target_description=TEXTS,
        target_framework=LINES,
        target_type=maybe(st.sampled_from(TARGET_TYPES) | EXTENSION),
    ),
    max_size=2,
).map(tuple)
LEVELS = st.lists(
    st.builds(LevelDraft, name=LINE, description=TEXTS, level=LINES, points=LINES, alignments=ALIGNMENTS),
    max_size=3,
    unique_by=own_names,
).map(tuple)


@st.composite
def results(draw):
    levels = draw(LEVELS)
    allowed = tuple(draw(st.lists(LINE, max_size=3)))
    kinds = [kind for kind in RESULT_TYPES if levels or kind != "RubricCriterionLevel"]
    if levels or allowed:
        kinds.remove(HOURS_ATTENDED)
    return ResultDescriptionDraft(
        name=draw(LINE),
        result_type=draw(st.sampled_from(kinds) | EXTENSION),
        allowed_values=allowed,
        required_value=draw(st.sampled_from(allowed) if allowed else LINES),
        value_min=draw(LINES),
        value_max=draw(LINES),
        levels=levels,
        required_level=draw(maybe(st.sampled_from(levels).map(lambda level: level.name))) if levels else "",
        alignments=draw(ALIGNMENTS),
    )


@st.composite
def drafts(draw):
    narrative, address = draw(TEXTS), draw(maybe(st.just("https://example.org/criteria/1")))
    image = draw(st.sampled_from(("", "https://example.org/pictures/1.png", "data:image/png;base64,iVBORw0KGgo=")))
    creator = st.builds(
        CreatorDraft,
        id=st.sampled_from(
            ("did:web:other.example", "https://other.example/", "urn:uuid:" + "0" * 8 + "-0000" * 3 + "-" + "1" * 12)
        ),
        name=LINES,
        url=maybe(ADDRESS),
        email=st.sampled_from(("", "office@other.example")),
        description=TEXTS,
    )
    return AchievementDraft(
        name=draw(LINE),
        description=draw(LINE),
        criteria_narrative=narrative if narrative or address else "Do it.",
        criteria_url=address,
        achievement_type=draw(st.sampled_from(sorted(ACHIEVEMENT_TYPES)) | EXTENSION),
        human_code=draw(LINES),
        field_of_study=draw(LINES),
        specialization=draw(LINES),
        credits_available=draw(st.none() | st.integers(0, 4000).map(lambda quarter: quarter / 4)),
        tags=tuple(draw(st.lists(LINE, max_size=3))),
        alignments=draw(ALIGNMENTS),
        results=tuple(draw(st.lists(results(), max_size=3, unique_by=(own_names, counted_once)))),
        language=draw(LANGUAGE),
        image=image,
        image_caption=draw(LINES),
        other_identifiers=tuple(
            draw(
                st.lists(
                    st.builds(
                        IdentifierDraft,
                        identifier=LINE,
                        identifier_type=st.sampled_from(IDENTIFIER_TYPES) | EXTENSION,
                    ),
                    max_size=2,
                )
            )
        ),
        related=tuple(
            draw(
                st.lists(
                    st.builds(RelatedDraft, id=ADDRESS, language=LANGUAGE, version=LINES),
                    max_size=2,
                    unique_by=lambda item: item.id,
                )
            )
        ),
        creator=draw(st.none() | creator),
    )


def written(draft, before=None):
    return achievement_body(draft, before=before, loopback=False)


def sent(tree, stem=""):
    """The fields that a browser sends for the rows that the form shows."""
    fields = {}
    for name, value in tree.items():
        if isinstance(value, list):
            for place, row in enumerate(value):
                fields |= sent(row, f"{stem}{name}/{place}/")
                if row.get("required"):
                    fields[f"{stem}requiredLevel"] = str(place)
        elif name != "required":
            fields[stem + name] = value
    return fields


@given(drafts())
def test_an_achievement_that_is_opened_and_saved_stays_what_it_was(draft):
    body = written(draft)
    again = describing.grown(sent(describing.shown(body, IRI)), keep_empty=False)
    assert written(describing.draft(again), before=body) == body


@given(drafts())
def test_what_the_form_makes_can_be_signed(draft):
    body = written(draft)
    body.setdefault("image", {"id": f"{IRI}/image.svg", "type": "Image"})
    found = Achievement(
        id="4b1f0c1e-0000-4000-8000-000000000000",
        iri=IRI,
        version=1,
        active=True,
        name=body["name"],
        kind=body["achievementType"],
        body=body,
        updated=None,
        format="",
    )
    lint_template(specimen(MAPLE, found))


@given(drafts(), st.data())
def test_a_row_that_is_added_and_removed_leaves_no_trace(draft, data):
    tree = describing.shown(written(draft), IRI)
    lists = ["alignments", "otherIdentifiers", "related", "results"]
    for place, result in enumerate(tree["results"]):
        lists += [f"results/{place}/levels", f"results/{place}/alignments"]
        lists += [f"results/{place}/levels/{level}/alignments" for level in range(len(result["levels"]))]
    place = data.draw(st.sampled_from(lists))
    there = describing.grown(sent(tree), keep_empty=True)
    row = describing.changed(there, f"add:{place}")
    assert row.startswith(f"{place}/")
    describing.changed(there, f"remove:{row}")
    assert describing.draft(there) == describing.draft(describing.grown(sent(tree), keep_empty=True))


@given(st.dictionaries(st.text("resultlvaignmqu/0123 ", max_size=30), LINES, max_size=8), st.text(max_size=30))
def test_no_names_of_fields_and_no_button_break_the_form(values, act):
    tree = describing.grown(values, keep_empty=True)
    describing.changed(tree, act)
    describing.draft(tree)


MAPLE = Organisation(
    id="1",
    slug="maple-co-op",
    did="did:web:maple.example.org:orgs:maple-co-op",
    name="Maple Co-op",
    kind="coop",
    url="",
    email="",
    description="",
    address=None,
)
