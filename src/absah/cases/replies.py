"""A mail that answers a notice about a case: the words that its writer added, and the files.

What strangers send is read with limits: so many bytes, so many parts. Quoted lines and everything below the line that
begins a quotation are left out; a mail that a machine answered by itself is refused, so that no two machines write to
one another for ever.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from typing import Final

from absah.kernel.errors import BadInput

LARGEST: Final = 12 * 1024 * 1024
_MOST_PARTS: Final = 40
MOST_FILES: Final = 5
_LONGEST: Final = 8_000
_ADDRESSED: Final = ("Delivered-To", "X-Original-To", "To", "Cc")
_QUOTES: Final = re.compile(
    r"^\s*(On .{5,200} wrote:|Pada .{5,200} menulis:|-{2,}\s*(Original Message|Pesan Asli)\s*-{2,}|_{10,})\s*$",
    re.IGNORECASE,
)


class MailTooLarge(BadInput):
    """More bytes, parts or files than a reply may have. Parameter: limit (MiB)."""

    code = "cases.mail-too-large"


class MailUnreadable(BadInput):
    """Not a mail, or one without a writer."""

    code = "cases.mail-unreadable"


class MailWithoutWords(BadInput):
    """A mail whose writer added no plain text and no file."""

    code = "cases.mail-without-words"


class MailFromMachine(BadInput):
    """A mail that a machine sent by itself (RFC 3834)."""

    code = "cases.mail-from-machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedFile:
    """A file of a mail."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a mail brings: who wrote it (an address in small letters), to which addresses, words and files."""

    sender: str
    addressed: tuple[str, ...]
    text: str = field(repr=False)
    files: tuple[MailedFile, ...]


def read_reply(raw: bytes, /) -> Reply:
    """Read a mail (RFC 5322). Raises MailTooLarge, MailUnreadable, MailFromMachine, MailWithoutWords."""
    if len(raw) > LARGEST or raw.lower().count(b"\ncontent-type:") > _MOST_PARTS:
        raise MailTooLarge(limit=LARGEST // 1024**2)
    try:
        return _reply(message_from_bytes(raw, policy=policy.default))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError):
        # The standard library's reader of mails fails in many ways over what is none.
        raise MailUnreadable from None


def _reply(mail: EmailMessage, /) -> Reply:
    sender = parseaddr(str(mail.get("From", "")))[1].casefold()
    if "@" not in sender:
        raise MailUnreadable
    if str(mail.get("Auto-Submitted", "no")).casefold() != "no" or str(mail.get("Precedence", "")).casefold() in {
        "bulk",
        "junk",
        "list",
    }:
        raise MailFromMachine
    lines = [str(value) for name in _ADDRESSED for value in mail.get_all(name, [])]
    files = tuple(_files(mail))
    if len(files) > MOST_FILES:
        raise MailTooLarge(limit=LARGEST // 1024**2)
    body = mail.get_body(("plain",))
    text = own_words(str(body.get_content())) if body is not None else ""
    if not text and not files:
        raise MailWithoutWords
    return Reply(
        sender=sender,
        addressed=tuple(address.casefold() for _, address in getaddresses(lines)),
        text=text,
        files=files,
    )


def _files(mail: EmailMessage, /) -> Iterator[MailedFile]:
    for part in mail.iter_attachments():
        content = part.get_content()
        data = content.encode() if isinstance(content, str) else content
        name = (part.get_filename() or "lampiran").replace("/", "-").replace("\\", "-")
        if isinstance(data, bytes) and data:
            yield MailedFile(name=name[-120:], content=data)


def own_words(text: str, /) -> str:
    """What the writer added: without quoted lines, and without what stands below the beginning of a quotation."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _QUOTES.match(line) or line == "-- ":
            break
        if not line.startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()[:_LONGEST]
