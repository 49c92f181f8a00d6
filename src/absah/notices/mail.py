"""A notice as a mail: plain text, both for people and for programs that filter."""

from dataclasses import dataclass

from absah.kernel.messages import Language, render
from absah.notices.content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes: the instance's name, its public address without a slash at the end, and whether it is a trial."""

    name: str
    base_url: str
    trial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Subject and text of a mail."""

    subject: str
    text: str


def letter(content: Content, sender: Sender, language: Language, /, *, name: str) -> Letter:
    """The mail to a person with this name. The link leads to a page: nothing happens by opening it."""
    told = content.said(language)
    lines = [told.body, f"{sender.base_url}{told.link}" if told.link else ""]
    return _written(told.subject, lines, sender, language, name=name)


def letter_of_many(contents: tuple[Content, ...], sender: Sender, language: Language, /, *, name: str) -> Letter:
    """One mail for several notices of one kind: each by its subject and link, in their order."""
    title = contents[0].kind.title(language)
    subject = render("notices.gathered-subject", language, title=title, number=len(contents))
    each = (content.said(language) for content in contents)
    lines = [f"- {told.subject}\n  {sender.base_url}{told.link}".rstrip() for told in each]
    opening = render("notices.gathered", language, number=len(contents))
    return _written(subject, [opening, *lines], sender, language, name=name)


def _written(subject: str, lines: list[str], sender: Sender, language: Language, *, name: str) -> Letter:
    lines = [render("notices.greeting", language, name=name) if name else "", *lines]
    closing = "notices.closing-trial" if sender.trial else "notices.closing"
    lines.append(render(closing, language, sender=sender.name))
    return Letter(
        subject=f"[UJI COBA] {subject}" if sender.trial else subject,
        text="\n\n".join(line for line in lines if line) + "\n",
    )
