"""The file in which the demo keeps the secrets of its fictional people (`credentials.json`, design §4)."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

CREDENTIALS: Final = "credentials.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSigner:
    """What a fictional signer would know by heart, and what the authenticator app would hold."""

    passphrase: str = field(repr=False)
    totp_secret: str = field(repr=False)


def _read(data: Path) -> dict[str, Any]:
    try:
        found = json.loads((data / CREDENTIALS).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a demo that was made by hand has no such file
        return {}
    return found if isinstance(found, dict) else {}


def users_in(data: Path, /) -> tuple[tuple[str, str], ...]:
    """The users of the demo: role and username."""
    return tuple((str(user["role"]), str(user["username"])) for user in _read(data).get("users", ()))


def signer_in(data: Path, username: str, /) -> DemoSigner | None:
    """The secrets of one of them; None for who holds no key."""
    found = _read(data)
    for one in (*found.get("signers", ()), *found.get("assistants", ())):
        if str(one["email"]).partition("@")[0] == username and one.get("totp_secret"):
            return DemoSigner(passphrase=str(one["passphrase"]), totp_secret=str(one["totp_secret"]))
    return None
