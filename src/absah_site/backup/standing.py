"""What a restored instance still owes: before it serves, it catches up with what was published after the backup.

A register that is behind would call revoked certificates good, and give a CRL number twice; a log that is behind would
sign another history. Two things tell: the note
that `absah restore` leaves in the folder, and numbers written outside it, which a restore cannot turn back (the
published files, and the file of the setting `high_water`).
"""

import json
import re
from pathlib import Path
from typing import Final

from absah.adapters.files import replace_file
from absah.adapters.high_water import LOG, read_high_water
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, WrongState
from absah.pki.crl import parse_crl
from absah_site.config import Config
from absah_site.ledger.access import known_size
from absah_site.pki.access import published_numbers

#: Lies in the data folder until the instance has caught up.
NOTE: Final = "restored.json"


class RestoredNotCaughtUp(WrongState):
    """The instance was restored, and nobody has shown it what was published since. Parameter: made_at."""

    code = "backup.not-caught-up"


class BehindPublished(WrongState):
    """A list was published with a number that the register does not know. Parameters: issuer, ours, published."""

    code = "backup.behind-published"


class BehindTreeHead(WrongState):
    """A head of the log was signed over more entries than the log has. Parameters: ours, published."""

    code = "backup.behind-tree-head"


def leave_note(folder: Path, /, *, made_at: str, now: Instant) -> None:
    """Write down that what lies here was restored."""
    note = {"backup_made_at": made_at, "restored_at": now.isoformat()}
    replace_file(folder / NOTE, json.dumps(note).encode(), mode=0o600)


def drop_note(folder: Path, /) -> None:
    """It has caught up."""
    (folder / NOTE).unlink(missing_ok=True)


def check_may_serve(config: Config, /) -> None:
    """Raises RestoredNotCaughtUp, BehindPublished, BehindTreeHead. Asked by whatever signs, publishes or answers."""
    if (config.data / NOTE).exists():
        raise RestoredNotCaughtUp(made_at=_made_at(config.data))
    check_numbers(config)


def check_numbers(config: Config, /) -> None:
    """Raises BehindPublished, BehindTreeHead where the world has seen more than register and log have."""
    ours = published_numbers()
    for issuer, published in _published_outside(config, ours).items():
        if issuer in ours and ours[issuer] < published:
            raise BehindPublished(issuer=issuer, ours=ours[issuer], published=published)
    head = read_high_water(config.high_water).get(LOG, 0) if config.high_water else 0
    if head and head > (size := known_size()):
        raise BehindTreeHead(ours=size, published=head)


def _made_at(folder: Path) -> str:
    try:
        return str(json.loads((folder / NOTE).read_bytes())["backup_made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return "?"


def _published_outside(config: Config, ours: dict[str, int]) -> dict[str, int]:
    """The highest number of each authority that the world has seen, as far as this machine can tell."""
    numbers = read_high_water(config.high_water) if config.high_water else {}
    for file in sorted((config.repository / "crl").glob("*.crl")):
        # All lists of an authority share one sequence; a partition's file ends in its number.
        issuer = file.stem if file.stem in ours else re.sub(r"-[0-9]+$", "", file.stem)
        numbers[issuer] = max(_number_in(file), numbers.get(issuer, 0))
    return numbers


def _number_in(file: Path) -> int:
    try:
        return parse_crl(file.read_bytes()).number or 0
    except AbsahError:
        return 0  # a damaged file is the doctor's to report; it must not keep a sound register from publishing again
