"""Where an answer to a mail comes back to: apps that take answers say so once, when they are loaded; the courier asks.

A mail's link says what it is about; whoever takes answers to that makes a tag of it and of the person, which comes back
in the address (`kasus+TAG@instansi.example`, RFC 5233) and is worthless in anybody else's hands.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

#: From whom the mail goes to (`user:<public id>`) and its link to a tag; empty where no answer is taken.
Tagger: TypeAlias = Callable[[str, str], str]

_TAGGERS: Final[list[Tagger]] = []


def register(tagger: Tagger, /) -> None:
    """Say which mails may be answered."""
    _TAGGERS.append(tagger)


def return_address(mailbox: str, recipient: str, link: str, /) -> str:
    """The address for answers: empty where no mailbox is set, or nobody takes answers to this."""
    tag = next(filter(None, (tagger(recipient, link) for tagger in _TAGGERS)), "") if mailbox else ""
    local, _, domain = mailbox.partition("@")
    return f"{local}+{tag}@{domain}" if tag else ""
