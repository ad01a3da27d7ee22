"""A link with a passcode and a limit, through its pages; and what scanners of links get."""

import re
from datetime import date

from tests.unit.wallet.samples import award
from wallet.service.share_views import Choice


def share(services, hadleys, **more):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award()).credential_id
    choice = Choice(
        credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="Teresa", **more
    )
    made = services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice)
    return services.shares.share(hadleys.teresa, made)


def test_a_reader_types_the_passcode_opens_once_and_saves_the_files(browser, services, hadleys):
    view = share(services, hadleys, passcode="otter 7", most_views=1)
    reader, front = browser(), f"/s/{view.token}"
    assert "It opens 1 more time." in reader.get(front).text
    wrong = reader.post(front, {"passcode": "otter 8", "reader": "Ms. Ames"}, page=front)
    assert (wrong.status_code, "That is not the passcode" in wrong.text) == (403, True)
    assert "otter 8" not in wrong.text
    assert "Bridge building" not in wrong.text
    read = reader.post(front, {"passcode": "otter 7", "reader": "Ms. Ames"}, page=front)
    assert "Bridge building" in read.text
    assert "otter" not in read.text
    opened = re.search(r'action="(/s/[\w-]+/files)"', read.text)[1]
    assert view.token in opened
    assert reader.post(opened, {"reader": "Ms. Ames"}, page="/s").status_code == 200
    for path in (front, opened.removesuffix("/files")):
        again = reader.get(path)
        assert (again.status_code, "does not work any more" in again.text) == (410, True)
    told = browser("teresa").get(f"/shares/{view.id}").text
    assert "Opened 1 of 1 times that count" in told
    assert "It was tried wrongly 1 time." in told


def test_a_program_sends_the_passcode_in_its_question(api, services, hadleys):
    view = share(services, hadleys, passcode="otter 7")
    question = {"challenge": "c" * 24, "domain": "https://verifier.example"}
    refused = api().post(f"/s/{view.token}", json=question, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["type"].endswith("#passcode")) == (403, True)
    assert api().post(f"/s/{view.token}", json=question | {"passcode": "otter 7"}).status_code == 200


def test_j4_scanners_of_links_use_nothing_up(browser, services, hadleys):
    """Attack J4: looking, looking again, asking for the head only, fetching ahead: nothing is said or counted."""
    view = share(services, hadleys, most_views=1)
    reader = browser()
    for headers in ({}, {"purpose": "prefetch", "sec-purpose": "prefetch;prerender"}, {"user-agent": "Slackbot 1.0"}):
        assert reader.get(f"/s/{view.token}", headers=headers).status_code == 200
        head = reader.client.head(f"/s/{view.token}", headers=headers)
        assert head.content == b""
        assert "Teresa" not in str(head.headers)
    told = services.shares.share(hadleys.teresa, view.id)
    assert (told.used_views, told.openings.items) == (0, ())
    assert "Bridge building" in reader.post(f"/s/{view.token}", {}, page=f"/s/{view.token}").text


def test_a_guardian_allows_a_recipient_on_a_page_and_is_asked_again(browser, services, hadleys):
    teresa, page = browser("teresa"), f"/learners/{hadleys.jonah_learner}/permissions"
    assert "None yet" in teresa.get(page).text
    empty = teresa.post(page, {"whom": "one", "recipient": ""}, page=page)
    assert (empty.status_code, "left empty" in empty.text) == (422, True)
    seen = teresa.post(page, {"whom": "one", "recipient": "Grandma"}, page=page, follow=True)
    assert "Grandma" in seen.text
    kept = services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award()).credential_id
    jonah, sheet = browser("jonah"), f"/learners/{hadleys.jonah_learner}/share"
    chosen = {"credentials": kept, "until": "2026-12-01", "do": "share"}
    first = jonah.post(sheet, {**chosen, "recipient": "grandma"}, page=sheet)
    mark = re.search(r'name="previewed" value="([0-9a-f]+)"', first.text)[1]
    made = jonah.post(sheet, {**chosen, "recipient": "grandma", "previewed": mark}, page=sheet, follow=True)
    assert "The link works" in made.text
    assert "Teresa allowed shares for this recipient" in made.text
    permission = re.search(r"/permissions/([\w-]{36})/withdraw", seen.text)[1]
    assert teresa.post(f"/permissions/{permission}/withdraw", page=page, follow=True).text.count("None yet") == 1
