"""Is the instance well? The database answers, the signer answers, the CRLs are fresh, jobs get done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cryptography import x509
from django.db import DatabaseError, connection

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah_site.jobs import access as jobs
from absah_site.ledger.access import log_standing
from absah_site.notices.access import backlog
from absah_site.repository.access import Shelf, names_on, read_file

_SOON = timedelta(hours=12)
#: Seconds after which a row of the ledger should long be in its log.
_LOG_LATE = 60
_LATE = timedelta(hours=1)


class State(StrEnum):
    """How one part is."""

    WELL = "well"
    SOON = "soon"
    ILL = "ill"


class Part(StrEnum):
    """What is looked at."""

    DATABASE = "database"
    SIGNER = "signer"
    CRL = "crl"
    MAIL = "mail"
    JOBS = "jobs"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one part is. `name` tells several CRLs apart; `until` is when a CRL must have been renewed.

    `waiting` is how many rows of the ledger are not in the log yet, `seconds` for how long the oldest of them.
    """

    part: Part
    state: State
    name: str = ""
    until: datetime | None = None
    waiting: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All findings at one moment."""

    at: Instant
    findings: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is ill."""
        return all(finding.state is not State.ILL for finding in self.findings)

    def to_dict(self) -> dict[str, object]:
        """For monitoring."""
        return {
            "at": self.at.isoformat(),
            "well": self.well,
            "findings": [
                {
                    "part": finding.part.value,
                    "state": finding.state.value,
                    **({"name": finding.name} if finding.name else {}),
                    **({"until": finding.until.isoformat()} if finding.until else {}),
                    **({"waiting": finding.waiting, "seconds": finding.seconds} if finding.waiting else {}),
                }
                for finding in self.findings
            ],
        }


class AnswersPing(Protocol):
    """The signer, as far as health asks."""

    def ping(self) -> object:
        """Anything, or an error of the tree."""
        ...


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Finding(part=Part.DATABASE, state=State.ILL)
    return Finding(part=Part.DATABASE, state=State.WELL)


def _jobs(now: Instant) -> Finding:
    """Ill when nobody works; soon when a job has failed, which an operator should look at."""
    try:
        found = jobs.standing(now=now)
    except DatabaseError:
        return Finding(part=Part.JOBS, state=State.ILL)
    if found.silent:
        return Finding(part=Part.JOBS, state=State.ILL)
    return Finding(part=Part.JOBS, state=State.SOON if found.failed else State.WELL)


def _log(now: Instant) -> Finding:
    """To be looked at when rows wait for their place: writers go on, but nobody could prove what they wrote."""
    try:
        standing = log_standing()
    except DatabaseError:
        return Finding(part=Part.LOG, state=State.ILL)
    late = standing.late(now=now)
    state = State.SOON if late > _LOG_LATE else State.WELL
    return Finding(part=Part.LOG, state=state, waiting=standing.waiting, seconds=late)


def _signer(signer: AnswersPing) -> Finding:
    try:
        signer.ping()
    except AbsahError:
        return Finding(part=Part.SIGNER, state=State.ILL)
    return Finding(part=Part.SIGNER, state=State.WELL)


def _crl(repository: Path, name: str, now: Instant) -> Finding:
    try:
        until = x509.load_der_x509_crl(read_file(repository, Shelf.CRL, name).content).next_update_utc
    except (ValueError, AbsahError):
        until = None
    if until is None or until <= now:
        return Finding(part=Part.CRL, state=State.ILL, name=name, until=until)
    state = State.SOON if until - now < _SOON else State.WELL
    return Finding(part=Part.CRL, state=state, name=name, until=until)


def _mail(now: Instant) -> Finding:
    """Mail that is late is a warning: nothing else depends on it."""
    try:
        found = backlog()
    except DatabaseError:
        return Finding(part=Part.MAIL, state=State.SOON)
    late = found.dead or (found.oldest is not None and now - found.oldest > _LATE)
    return Finding(part=Part.MAIL, state=State.SOON if late else State.WELL)


def _authority(repository: Path, signer: AnswersPing, now: Instant) -> tuple[Finding, ...]:
    """What a certification body must have: an open signer, and at least one fresh CRL."""
    crls = tuple(_crl(repository, name, now) for name in names_on(repository, Shelf.CRL))
    return (_signer(signer), *(crls or (Finding(part=Part.CRL, state=State.ILL),)))


def assess_health(*, repository: Path, signer: AnswersPing | None, now: Instant) -> Health:
    """Look at every part. Never raises for a part that is ill. An agency has no signer and publishes no CRL."""
    authority = () if signer is None else _authority(repository, signer, now)
    return Health(at=now, findings=(_database(), _jobs(now), _log(now), _mail(now), *authority))
