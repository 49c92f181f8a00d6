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
    lines = [render("notices.greeting", language, name=name) if name else "", told.body]
    if told.link:
        lines.append(f"{sender.base_url}{told.link}")
    closing = "notices.closing-trial" if sender.trial else "notices.closing"
    lines.append(render(closing, language, sender=sender.name))
    subject = f"[UJI COBA] {told.subject}" if sender.trial else told.subject
    return Letter(subject=subject, text="\n\n".join(line for line in lines if line) + "\n")
