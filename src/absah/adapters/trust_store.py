"""The trust anchors of an instance: a folder of certificates, and a snapshot of it for each state it was ever in.

`trust/*.cer` are the anchors in DER, `trust/terms.toml` says on which terms some of them are believed, and
`trust/snapshots/` keeps each state under its digest, written once and never changed. A report names the digest, so
that years later it can be made again with the anchors of its day.
"""

import hashlib
import json
import tomllib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput, NotFound
from absah.validation.trust import AnchorTerms, TrustAnchors

TERMS: Final = "terms.toml"
SNAPSHOTS: Final = "snapshots"
_NAME: Final = "instance"
_MOST: Final = 1024 * 1024
_SHORTEST: Final = 12


class TrustTermsUnreadable(BadInput):
    """`terms.toml` is no TOML of the right shape, or speaks of a certificate that is no anchor. Parameter: problem."""

    code = "validation.trust-terms-unreadable"


class TrustSnapshotUnknown(NotFound):
    """No snapshot with this digest, or one that does not fit its digest. Parameter: digest."""

    code = "validation.trust-snapshot-unknown"


class _Terms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sunset: date | datetime | None = None
    recognised: bool = False
    certified_policies: tuple[Annotated[str, Field(pattern=r"^\d+(\.\d+)+$")], ...] = ()

    def accepted(self) -> AnchorTerms:
        return AnchorTerms(
            sunset=_end(self.sunset),
            recognised=self.recognised,
            certified_policies=frozenset(self.certified_policies),
        )


_Written = TypeAdapter(dict[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], _Terms])


def load_trust(folder: Path, /, *, now: Instant) -> TrustAnchors:
    """The anchors as they are today; a state not seen before is kept as a snapshot of now. Raises TrustTermsUnreadable.

    Where nothing can be written (a web process that may only read), the state is dated by the folder.
    """
    certificates = tuple(path.read_bytes() for path in _anchors(folder))
    anchors = TrustAnchors(name=_NAME, taken_at=now, certificates=certificates, terms=_read_terms(folder))
    kept = folder / SNAPSHOTS / f"{anchors.digest}.json"
    try:
        return read_snapshot(folder, anchors.digest)
    except TrustSnapshotUnknown:
        pass
    try:
        kept.parent.mkdir(exist_ok=True)
        with kept.open("x", encoding="utf-8") as file:
            json.dump(_described(anchors), file, indent=1)
    except OSError:
        changed = folder.stat().st_mtime if folder.is_dir() else now.timestamp()
        taken_at = instant(datetime.fromtimestamp(changed, UTC))
        return TrustAnchors(name=_NAME, taken_at=taken_at, certificates=certificates, terms=anchors.terms)
    return anchors


def read_snapshot(folder: Path, digest: str, /) -> TrustAnchors:
    """A state of the past, by its digest or enough of its beginning. Raises TrustSnapshotUnknown."""
    kept = sorted((folder / SNAPSHOTS).glob("*.json")) if digest.isalnum() and len(digest) >= _SHORTEST else []
    fitting = [path for path in kept if path.name.startswith(digest)]
    if len(fitting) != 1:
        raise TrustSnapshotUnknown(digest=digest[:64])
    try:
        found = _restored(json.loads(fitting[0].read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        raise TrustSnapshotUnknown(digest=digest[:64]) from None
    if not fitting[0].name.startswith(found.digest):  # somebody has written into it
        raise TrustSnapshotUnknown(digest=digest[:64])
    return found


def _anchors(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    paths = (path for path in folder.iterdir() if path.suffix == ".cer" and path.is_file())
    return sorted(path for path in paths if path.stat().st_size <= _MOST)


def _read_terms(folder: Path) -> Mapping[bytes, AnchorTerms]:
    try:
        text = (folder / TERMS).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    try:
        written = _Written.validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise TrustTermsUnreadable(problem=str(problem)) from None
    except ValidationError as problem:
        places = sorted({".".join(map(str, error["loc"])) for error in problem.errors()})
        raise TrustTermsUnreadable(problem=", ".join(places)) from None
    return {bytes.fromhex(fingerprint): terms.accepted() for fingerprint, terms in written.items()}


def _end(sunset: date | datetime | None) -> Instant | None:
    """A date is meant with its whole day, in UTC."""
    if sunset is None:
        return None
    if isinstance(sunset, datetime):
        return instant(sunset if sunset.tzinfo else sunset.replace(tzinfo=UTC))
    return instant(datetime.combine(sunset, time(23, 59, 59), tzinfo=UTC))


def _described(anchors: TrustAnchors) -> dict[str, Any]:
    def described(certificate: bytes) -> dict[str, Any]:
        terms = anchors.terms_of(certificate)
        return {
            "certificate": b64encode(certificate).decode(),
            "sunset": None if terms.sunset is None else terms.sunset.isoformat(),
            "recognised": terms.recognised,
            "certified_policies": sorted(terms.certified_policies),
        }

    return {
        "name": anchors.name,
        "taken_at": anchors.taken_at.isoformat(),
        "anchors": [described(one) for one in anchors.certificates],
    }


def _restored(written: dict[str, Any]) -> TrustAnchors:
    certificates, terms = [], {}
    for one in written["anchors"]:
        certificate = b64decode(one["certificate"], validate=True)
        certificates.append(certificate)
        sunset = one["sunset"]
        terms[hashlib.sha256(certificate).digest()] = AnchorTerms(
            sunset=None if sunset is None else instant(datetime.fromisoformat(sunset)),
            recognised=one["recognised"],
            certified_policies=frozenset(one["certified_policies"]),
        )
    return TrustAnchors(
        name=written["name"],
        taken_at=instant(datetime.fromisoformat(written["taken_at"])),
        certificates=tuple(certificates),
        terms=terms,
    )
