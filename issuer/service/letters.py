"""What a letter about an award says: provider, award, link. Never a learner's name, and nothing that was typed as one.

Each letter says everything in every language that we speak, one after the other: nobody here knows which one a family
reads. It is plain text; nothing in it is mark-up for anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import issuer
import kit
from issuer.service.context import Organisation
from issuer.store.deliveries import CLAIM, CORRECTION, WITHDRAWAL
from kit.i18n import LANGUAGES, Catalogues, Message, _, date_long
from kit.mail import Letter

LONGEST_TITLE: Final = 120
_RULE: Final = "\n\n" + "-" * 40 + "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is to be said: ``notice`` about an award by its title, with link and code while it can be kept.

    ``reason`` is why it was withdrawn; ``first`` the language that comes first.
    """

    notice: str
    organisation: Organisation
    title: str
    link: str = ""
    code: str = ""
    where: str = ""
    until: datetime | None = None
    reason: Message | None = None
    first: str = ""


@cache
def catalogues() -> Catalogues:
    """The sentences of this role, read when the first letter is written."""
    return Catalogues.load(Path(each.__path__[0]) / "locale" for each in (kit, issuer))


def letter(news: News, *, to: str, number: str, at: datetime) -> Letter:
    """The letter. Raises: ValueError when the name of the organisation or of the award cannot stand in a header."""
    known = catalogues()
    languages = sorted(LANGUAGES, key=lambda language: language != news.first)
    subjects = [known.say(language, _subject(news)) for language in languages]
    texts = [_text(news, language, known) for language in languages]
    return Letter(
        to=to,
        sender_name=news.organisation.name,
        subject=" / ".join(dict.fromkeys(subjects)),
        text=_RULE.join(texts) + "\n",
        number=number,
        at=at,
        reply_to=news.organisation.email if news.organisation.email.isascii() else "",
    )


def _subject(news: News) -> Message:
    provider = news.organisation.name
    if news.notice == CLAIM:
        return _("An award from %(provider)s", provider=provider)
    if news.notice == CORRECTION:
        return _("%(provider)s corrected an award", provider=provider)
    return _("%(provider)s withdrew an award", provider=provider)


def _text(news: News, language: str, known: Catalogues) -> str:
    def say(message: Message) -> str:
        return known.say(language, message)

    words = {"provider": news.organisation.name, "award": _shortened(news.title)}
    paragraphs: list[str] = []
    if news.notice == CLAIM:
        paragraphs.append(say(_("%(provider)s has an award for you to keep: “%(award)s”.", **words)))
    elif news.notice == CORRECTION:
        paragraphs.append(say(_("%(provider)s corrected the award “%(award)s” and signed it anew.", **words)))
    else:
        assert news.notice == WITHDRAWAL, "there are three kinds of news"
        paragraphs.append(say(_("%(provider)s withdrew the award “%(award)s”.", **words)))
        if news.reason is not None:
            paragraphs.append(say(_("The reason that is published: %(reason)s.", reason=news.reason)))
        paragraphs.append(say(_("Whoever checks it from now on sees that. If you think this is wrong, ask them.")))
    if news.link and news.until is not None:
        paragraphs += _way(news, say, language)
    elif news.notice == CORRECTION:
        paragraphs.append(say(_("Ask them for the corrected one. The one that you have says what it said before.")))
    paragraphs.append(say(_("A program sent this letter for %(provider)s. It holds no name on purpose.", **words)))
    return "\n\n".join(paragraphs)


def _way(news: News, say: Callable[[Message], str], language: str) -> list[str]:
    assert news.until is not None, "a link has an end"
    day = date_long(news.until, language, news.organisation.zone)
    return [
        say(_("This link leads to it, until %(day)s; the award itself does not end then:", day=day)) + f"\n{news.link}",
        say(_("Or go to %(where)s and type this code:", where=news.where)) + f"\n{news.code}",
        say(
            _(
                "Whoever has the link or the code can keep the award, once: do not pass this letter on. "
                "A parent or guardian keeps it for a child."
            )
        ),
    ]


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
