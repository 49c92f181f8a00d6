"""What is sent: method, address, body. Addresses may hold a NIK, bodies a passphrase: neither ever prints itself.

`route` is the address with the person left out; it is what logs and errors may name (D7).
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from absah.esign.client.ports import ShownAt, SignatureAsk
from absah.esign.client.refusals import PassphraseNeeded
from absah.kernel.people import Nik
from absah.signing.factors import Factors

_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request. `changes` is whether something may have happened when no answer comes."""

    method: str
    route: str
    path: str = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    media_type: str = _JSON
    changes: bool = False


def status_question(nik: Nik, /) -> Question:
    """V2-4."""
    return _json("/api/v2/user/check/status", {"nik": nik.digits})


def status_question_v1(nik: Nik, /) -> Question:
    """V1-1."""
    return _about("/api/user/status/{nik}", nik)


def profile_question(nik: Nik, /) -> Question:
    """V1-2; version 2 has none."""
    return _about("/api/user/profile/{nik}", nik)


def chain_question(nik: Nik, /) -> Question:
    """V2-5."""
    return _about("/api/v2/user/certificate/chain/{nik}", nik)


def code_question(nik: Nik, files: int, /) -> Question:
    """V2-2. Sending it again costs a second message, not a signature."""
    return _json("/api/v2/sign/get/totp", {"nik": nik.digits, "data": files})


def download_question(number: str, /) -> Question:
    """V1-6. The document is handed out once: an answer that is cut off cannot be had again."""
    path = f"/api/sign/download/{quote(number, safe='')}"
    return Question(method="GET", route="/api/sign/download/{number}", path=path)


def token_question(name: str, password: str, /) -> Question:
    """RFC 6749 §4.4; the name and password go into the header."""
    body = urlencode({"grant_type": "client_credentials", "client_id": name, "client_secret": password}).encode()
    path = "/oauth/token"
    return Question(method="POST", route=path, path=path, body=body, media_type="application/x-www-form-urlencoded")


def signing_question(ask: SignatureAsk, /) -> Question:
    """V2-1 for one file."""
    shown = _properties(ask.shown) if ask.shown is not None else {"tampilan": "INVISIBLE"}
    said = {"reason": ask.reason or None, "location": ask.location or None}
    body = {
        "nik": ask.nik.digits,
        **_shown_factors(ask.factors),
        "signatureProperties": [shown | said],
        "file": [base64.b64encode(ask.document).decode("ascii")],
    }
    return _json("/api/v2/sign/pdf", body, changes=True)


def signing_question_v1(ask: SignatureAsk, boundary: str, /) -> Question:
    """V1-5. `boundary` is random. Raises PassphraseNeeded: this version takes no code alone."""
    if ask.factors.passphrase is None:
        raise PassphraseNeeded
    fields = {"nik": ask.nik.digits, **_shown_factors(ask.factors), **_fields(ask.shown)}
    fields |= {key: value for key, value in (("reason", ask.reason), ("location", ask.location)) if value}
    parts = [_part(boundary, key, value.encode()) for key, value in fields.items()]
    parts.append(_part(boundary, "file", ask.document, "document.pdf", "application/pdf"))
    if ask.shown is not None:
        parts.append(_part(boundary, "imageTTD", ask.shown.picture, "signature.png", "image/png"))
    path = "/api/sign/pdf"
    return Question(
        method="POST",
        route=path,
        path=path,
        body=b"".join([*parts, f"--{boundary}--\r\n".encode()]),
        media_type=f"multipart/form-data; boundary={boundary}",
        changes=True,
    )


def _json(path: str, body: dict[str, Any], *, changes: bool = False) -> Question:
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Question(method="POST", route=path, path=path, body=written, changes=changes)


def _about(route: str, nik: Nik) -> Question:
    return Question(method="GET", route=route, path=route.format(nik=nik.digits))


def _shown_factors(factors: Factors) -> dict[str, str]:
    """What was shown. The national service takes one of them, ours also both."""
    shown = {
        "passphrase": factors.passphrase.reveal() if factors.passphrase is not None else None,
        "totp": factors.totp,
    }
    return {name: secret for name, secret in shown.items() if secret is not None}


def _properties(shown: ShownAt) -> dict[str, Any]:
    return {
        "tampilan": "VISIBLE",
        "page": shown.page,
        "originX": round(shown.left, 2),
        "originY": round(shown.top, 2),
        "width": round(shown.width, 2),
        "height": round(shown.height, 2),
        "imageBase64": base64.b64encode(shown.picture).decode("ascii"),
    }


def _fields(shown: ShownAt | None) -> dict[str, str]:
    if shown is None:
        return {"tampilan": "invisible"}
    below = shown.page_height - shown.top - shown.height
    return {
        "tampilan": "visible",
        "image": "true",
        "page": str(shown.page),
        "xAxis": f"{shown.left:.2f}",
        "yAxis": f"{below:.2f}",
        "width": f"{shown.width:.2f}",
        "height": f"{shown.height:.2f}",
    }


def _part(boundary: str, name: str, content: bytes, file: str = "", kind: str = "") -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
    head += f'; filename="{file}"\r\nContent-Type: {kind}' if file else ""
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"
