"""Looks for secrets where none may be.

That is: in every byte of the data folder, every column, every log line, every mail, every message to a webhook.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping

from tests.browser.instance import LiveInstance

#: An open private key, as PEM and PKCS #8 (DER, for P-256 and RSA) begin it.
OPEN_KEYS: Mapping[str, bytes] = {
    "a private key (PEM)": b"PRIVATE KEY-----",
    "a private key (PKCS #8, P-256)": bytes.fromhex("020100301306072a8648ce3d020106082a8648ce3d030107"),
    "a private key (PKCS #8, RSA)": bytes.fromhex("020100300d06092a864886f70d0101010500"),
    "a private key (SEC 1)": bytes.fromhex("0201010420"),
}
#: What the demo tells on purpose, to whoever runs it, and the keys that seal all others.
TOLD = ("credentials.json", "esign.env", "secrets/", "offline/")
#: Keys that services made for themselves, in files for their owner alone: none of them is a person's.
OF_SERVICES = ("file ledger/log.key", "file responders/ocsp/", "file responders/tsa/")

#: Every column of every table as text, a row a line: for databases that are not files of the folder.
_COLUMNS = """
import sys
from django.db import connection
for table in connection.introspection.table_names():
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor:
            for value in row:
                held = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                sys.stdout.write(held.hex() + "\\n")
"""


def spellings(secret: str) -> tuple[bytes, ...]:
    """A secret as it is, in hexadecimal, in base64, and as UTF-16."""
    plain = secret.encode()
    return plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b"="), secret.encode("utf-16-le")


def _texts(instance: LiveInstance) -> Iterator[tuple[str, bytes]]:
    """Where to look, and what stands there."""
    for path in sorted(instance.data.rglob("*")):
        name = str(path.relative_to(instance.data))
        if path.is_file() and not path.is_socket() and not name.startswith(TOLD):
            yield f"file {name}", path.read_bytes()
    columns = b"\n".join(map(bytes.fromhex, instance.prepare(_COLUMNS).split()))
    yield "the tables", columns
    yield "the log", instance.log.read_bytes()
    for mail in instance.postbox.received:
        told = mail.get_body(("plain",)).get_content() if mail.get_body(("plain",)) else ""
        yield f"mail {mail['Subject']}", mail.as_bytes() + told.encode()
    for headers, body in instance.receiver.received:
        yield f"message {headers['webhook-id']}", repr(sorted(headers.items())).encode() + body


def found(instance: LiveInstance, secrets: Mapping[str, Iterable[bytes]]) -> list[str]:
    """What was found where: names and places, never the secret itself."""
    return [
        f"{what} in {place}"
        for place, text in _texts(instance)
        for what, ways in secrets.items()
        if any(way in text for way in ways) and not (what in OPEN_KEYS and place.startswith(OF_SERVICES))
    ]
