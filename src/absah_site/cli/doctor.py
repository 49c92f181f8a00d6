"""`absah doctor`: what is wrong with an instance, and how to mend it.

Each check answers with a state and, where it is not well, with the next step. Exit 0 when nothing is broken (warnings
may remain), 1 otherwise.
"""

import argparse
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from absah.adapters.signer_client import SignerClient
from absah.adapters.stamp_record import check_record, files_of
from absah.adapters.trusted_time.sntp import SntpServer, TimeServerSilent
from absah.cli.terminal import Exit, Terminal
from absah.kernel.clock import Clock, SystemClock, instant, legal_date
from absah.kernel.dates import day_word, moment_word
from absah.kernel.errors import AbsahError, Parameter
from absah.kernel.messages import Language, render
from absah.kernel.rng import SystemRng
from absah.pki.certificates import load_certificate
from absah.pki.crl import parse_crl
from absah_site.cli.database_words import database_in_words
from absah_site.cli.init import secrets_of
from absah_site.cli.instance import check_may_serve, open_instance
from absah_site.config import Config, Role
from absah_site.mail_settings import MailWay

#: Seconds after which a row of the ledger should long be in its log.
_LOG_LATE: Final = 60


class Health(StrEnum):
    """How one thing is."""

    WELL = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: a message id of the catalogue and its parameters."""

    health: Health
    message: str
    parameters: dict[str, Parameter]

    def words(self, language: Language, /) -> str:
        """The sentence for a person."""
        return render(self.message, language, **self.parameters)


def well(message: str, /, **parameters: Parameter) -> Finding:
    return Finding(Health.WELL, message, parameters)


def warning(message: str, /, **parameters: Parameter) -> Finding:
    return Finding(Health.WARNING, message, parameters)


def broken(message: str, /, **parameters: Parameter) -> Finding:
    return Finding(Health.BROKEN, message, parameters)


def arguments(_parser: argparse.ArgumentParser, /) -> None:
    """Nothing beyond the common options."""


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    clock = SystemClock()
    findings = [finding for check in CHECKS for finding in examine(check, config, clock)]
    marks = {Health.WELL: "✓", Health.WARNING: "!", Health.BROKEN: "✗"}
    for finding in findings:
        terminal.line(f"{marks[finding.health]} {finding.words(terminal.language)}")
    sick = any(finding.health is Health.BROKEN for finding in findings)
    terminal.result(
        healthy=not sick,
        findings=[
            {"state": str(finding.health), "check": finding.message, "message": finding.words(terminal.language)}
            for finding in findings
        ],
    )
    return Exit.REFUSED if sick else Exit.DONE


Check = Callable[[Config, Clock], Iterator[Finding]]


def examine(check: Check, config: Config, clock: Clock, /) -> list[Finding]:
    """Run one check; what it could not look at is a finding too."""
    try:
        with database_in_words(config.data):
            return list(check(config, clock))
    except AbsahError as error:
        return [broken("doctor.check-failed", check=check.__name__, code=error.code)]
    except OSError as error:
        return [broken("doctor.check-failed", check=check.__name__, code=error.strerror or "")]


def check_label(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    if config.trial:
        yield warning("doctor.trial")
    if not config.base_url.startswith("https://"):
        yield warning("doctor.no-https", url=config.base_url)


def check_secrets(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    for folder in ("secrets", "keys", "run", "offline"):
        path = config.data / folder
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield broken("doctor.folder-open", folder=str(path))
    for name in secrets_of(config.role):
        path = config.secrets / name
        if not path.exists():
            yield broken("doctor.secret-missing", path=str(path))
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield broken("doctor.file-open", path=str(path))
        else:
            yield well("doctor.secret-well", name=name)


def check_root_key(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    if config.role is Role.AUTHORITY and any((config.data / "offline").glob("*")):
        yield warning("doctor.root-key-here", folder=str(config.data / "offline"))


def check_database(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    from django.db import DatabaseError, connection

    from absah_site.upgrading import waiting

    try:
        migrations = waiting()
    except DatabaseError:
        yield broken("doctor.database-silent", database=connection.vendor)
        return
    if migrations:
        yield broken("doctor.migrations-waiting", number=len(migrations), data=str(config.data))
    else:
        yield well("doctor.database-well", database=connection.vendor)


def check_ledger(_config: Config, _clock: Clock, /) -> Iterator[Finding]:
    from absah_site.audit.access import verify_ledger

    report = verify_ledger()
    if report.intact:
        yield well("doctor.ledger-well", rows=report.rows)
    else:
        yield broken("doctor.ledger-broken", rows=len(report.damaged))


def check_log(_config: Config, clock: Clock, /) -> Iterator[Finding]:
    """Rows go into the log within a second. Those that wait can be proven to nobody, and a proof needs a head."""
    from absah_site.ledger.access import log_standing, parts_elsewhere

    log = log_standing()
    late = log.late(now=clock.now())
    if late > _LOG_LATE:
        yield warning("doctor.log-late", rows=log.waiting, seconds=late)
    else:
        yield well("doctor.log-well", entries=log.size, rows=log.waiting, seconds=late)
    if elsewhere := parts_elsewhere():
        yield warning("doctor.parts-elsewhere", number=len(elsewhere))
    if log.setbacks:
        yield warning("doctor.log-setbacks", number=log.setbacks)


def check_grants(_config: Config, _clock: Clock, /) -> Iterator[Finding]:
    from django.db import connection

    from absah_site.append_only import may_rewrite

    if may_rewrite("audit_entry", connection):
        yield warning("doctor.ledger-owned")


def check_standing(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    try:
        check_may_serve(config)
    except AbsahError as error:
        yield broken("doctor.may-not-serve", code=error.code)
    else:
        yield well("doctor.may-serve")


def check_signer(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    if config.role is Role.AGENCY:
        return
    try:
        SignerClient(config.socket).ping()
    except AbsahError as error:
        yield warning("doctor.signer-silent", code=error.code)
    else:
        yield well("doctor.signer-well")


def check_tokens(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    """Whether each token answers and holds the keys that live in it, and none that nobody knows."""
    if not config.tokens:
        return
    signer = SignerClient(config.socket)
    known = {one.place for one in signer.list_keys()}
    for token in signer.tokens():
        if token.problem:
            yield broken("doctor.token-broken", token=token.name, code=token.problem)
            continue
        lost = {place for place in known if place.startswith(f"token:{token.name}:")} - set(token.keys)
        if lost:
            yield broken("doctor.token-keys-lost", token=token.name, number=len(lost))
        strange = set(token.keys) - known
        if strange:
            yield warning("doctor.token-keys-strange", token=token.name, number=len(strange))
        yield well("doctor.token-well", token=token.name, model=token.model, keys=len(token.keys))


def check_time(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    """What each time server says of our clock, for the TSA."""
    if config.role is Role.AGENCY:
        return
    if not config.time.servers:
        yield warning("doctor.time-nobody")
    for name in config.time.servers:
        try:
            found = SntpServer(name, SystemClock(), SystemRng()).measure()
        except TimeServerSilent as silent:
            yield warning("doctor.time-silent", server=name, problem=str(silent.parameters["problem"]))
            continue
        offset, limit = round(found.offset * 1000), config.time.largest_offset_ms
        if abs(found.offset) + found.error > limit / 1000:
            yield broken("doctor.time-off", server=name, offset=offset, limit=limit)
        else:
            yield well("doctor.time-well", server=name, offset=offset, error=round(found.error * 1000))


def check_stamps(config: Config, _clock: Clock, /) -> Iterator[Finding]:
    if files_of(config.data):
        from absah_site.pki.actions.stamps import check_stamps as compare

        lines = check_record(config.data).lines
        compare()
        yield well("doctor.stamps-well", lines=lines)


def check_mail(config: Config, clock: Clock, /) -> Iterator[Finding]:
    from absah_site.notices.access import backlog

    found = backlog()
    if found.dead:
        yield warning("doctor.mail-dead", number=found.dead)
    if config.mail_way is MailWay.WAIT:
        yield warning("doctor.mail-waits", number=found.waiting)
    elif found.oldest is not None and clock.now() - found.oldest > timedelta(hours=1):
        yield warning("doctor.mail-late", number=found.waiting, since=moment_word(found.oldest))
    elif config.mail_way is MailWay.FOLDER:
        yield warning("doctor.mail-folder", folder=str(config.data / "mail"))
    else:
        yield well("doctor.mail-well", host=config.mail.host)


def check_anchors(config: Config, clock: Clock, /) -> Iterator[Finding]:
    anchors = sorted(config.trust.glob("*.cer"))
    if not anchors:
        yield broken("doctor.no-anchor", folder=str(config.trust))
    for path in [*anchors, *sorted((config.repository / "ca").glob("*.cer"))]:
        yield lifetime(path, clock)


def lifetime(path: Path, clock: Clock, /) -> Finding:
    """Whether the certificate in a file is valid, and for how long still."""
    certificate = load_certificate(path.read_bytes())
    ends = certificate.not_valid_after_utc
    name, day = f"{path.parent.name}/{path.name}", day_word(legal_date(instant(ends)))
    if ends <= clock.now():
        return broken("doctor.certificate-ended", name=name, day=day)
    if ends - clock.now() < timedelta(days=30):
        return warning("doctor.certificate-ending", name=name, day=day)
    return well("doctor.certificate-well", name=name, day=day)


def check_crls(config: Config, clock: Clock, /) -> Iterator[Finding]:
    for path in sorted((config.repository / "crl").glob("*.crl")):
        until = parse_crl(path.read_bytes()).next_update
        if until <= clock.now():
            yield broken("doctor.crl-old", name=path.name)
        else:
            yield well("doctor.crl-well", name=path.name, until=moment_word(until))


CHECKS: tuple[Check, ...] = (
    check_label,
    check_secrets,
    check_root_key,
    check_database,
    check_ledger,
    check_log,
    check_grants,
    check_standing,
    check_signer,
    check_tokens,
    check_time,
    check_stamps,
    check_mail,
    check_anchors,
    check_crls,
)
