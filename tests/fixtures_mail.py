"""A real mail server on this machine, and what came to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from absah_site.mail_settings import MailTable, MailWay, django_mail


class Postbox:
    """Keeps what comes, or answers with a refusal."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refusal = ""

    async def handle_RCPT(  # noqa: N802  (the server's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (as above)
        self.received.append(message_from_bytes(envelope.content or b"", policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails for one address, oldest first."""
        return [mail for mail in self.received if mail["To"] == address]


class AnyPort(Controller):
    """Listens on a port that is free, and says which."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(box: Postbox) -> Iterator[int]:
    """Bring what comes to a port of this machine into a box; the port."""
    server = AnyPort(box, hostname="127.0.0.1", port=0)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@pytest.fixture
def postbox(settings, tmp_path) -> Iterator[Postbox]:
    """The site's mail goes here. A test that uses it is marked `loopback`."""
    box = Postbox()
    with mail_server(box) as port:
        table = MailTable(way=MailWay.SMTP, host="127.0.0.1", port=port)
        for name, value in django_mail(table, MailWay.SMTP, tmp_path).items():
            setattr(settings, name, value)
        yield box
