"""Mails that answer: what was added is taken, what machines and strangers make of a mail is refused."""

from email.message import EmailMessage

import pytest

from absah.cases.replies import (
    LARGEST,
    MailFromMachine,
    MailTooLarge,
    MailUnreadable,
    MailWithoutWords,
    own_words,
    read_reply,
)

WORDS = """Berkasnya terlampir.

Pada Jum, 27 Nov 2026 pukul 10.00 Absah <absah@instansi.example> menulis:
> Catatan baru pada TKT-2026-0001
"""


def mail(text: str | None = WORDS, files: int = 0, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"] = "Sekar <Sekar@Kementerian.example>"
    made["To"] = "kasus+abc@instansi.example"
    made["Subject"] = "Re: TKT-2026-0001"
    for name, value in headers.items():
        del made[name.replace("_", "-")]
        made[name.replace("_", "-")] = value
    if text is not None:
        made.set_content(text)
    else:
        made.set_content("<p>Halo</p>", subtype="html")
    for number in range(files):
        made.add_attachment(b"isi", maintype="application", subtype="octet-stream", filename=f"../b{number}.bin")
    return bytes(made)


def test_the_words_that_were_added_and_the_files_are_taken():
    reply = read_reply(mail(files=2, Cc="lain@instansi.example"))
    assert (reply.sender, reply.text) == ("sekar@kementerian.example", "Berkasnya terlampir.")
    assert reply.addressed == ("kasus+abc@instansi.example", "lain@instansi.example")
    assert [file.name for file in reply.files] == ["..-b0.bin", "..-b1.bin"]
    assert "Berkasnya" not in repr(reply)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> lama\nbaru\n> lama", "baru"),
        ("baru\nOn Fri, 27 Nov 2026 Absah wrote:\nlama", "baru"),
        ("baru\n-----Original Message-----\nlama", "baru"),
        ("baru\n-- \nTanda tangan", "baru"),
        ("Pada dasarnya setuju.\n", "Pada dasarnya setuju."),
        ("x" * 9_000, "x" * 8_000),
    ],
)
def test_quotations_and_signatures_are_left_out(text, own):
    assert own_words(text) == own


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_machines_are_not_answered(headers):
    with pytest.raises(MailFromMachine):
        read_reply(mail(**headers))


def test_what_is_too_large_or_has_too_many_parts_is_refused():
    for raw in (b"x" * (LARGEST + 1), mail(files=6), mail() + b"\nContent-Type: text/plain" * 50):
        with pytest.raises(MailTooLarge):
            read_reply(raw)


def test_a_mail_without_plain_words_is_refused():
    for raw in (mail(None), mail("> lama\n")):
        with pytest.raises(MailWithoutWords):
            read_reply(raw)


@pytest.mark.parametrize("raw", [b"", b"\x00" * 400, b"From: x\n\nhalo", b"Subject: x\n\nhalo", b"From: \xff@\n\n"])
def test_what_is_no_mail_says_so(raw):
    with pytest.raises((MailUnreadable, MailWithoutWords)):
        read_reply(raw)
