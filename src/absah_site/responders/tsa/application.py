"""Puts the TSA process together: clock, other clocks, key, record, desk, door."""

import os
from pathlib import Path
from typing import Final, final

from absah.adapters.responder_keys import CertifiedKey, ResponderFolder
from absah.adapters.stamp_record import StampRecord
from absah.kernel.clock import Clock, Instant, SystemClock
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Rng, SystemRng
from absah.pki import oids
from absah.pki.certificates import load_certificate
from absah.pki.hierarchy import is_signed_by
from absah.pki.names import AuthorityName
from absah.pki.tsp import Stamper
from absah.pki.tsp_issuing import StampingRules
from absah_site.config import load_config
from absah_site.responders.door import Door
from absah_site.responders.meters import FileMeter
from absah_site.responders.tsa.desk import StampingKey, TsaDesk
from absah_site.trusted_clock import guard_for

SERVICE: Final = "tsa"
#: The instance has one authority; which CA certifies it is the worker's choice.
UNIT: Final = "unit"
_WISH: Final = AuthorityName(common_name="TSA", organisation="Absah")
_LOOK_EVERY: Final = 10.0


@final
class FolderKeys:
    """The key in the instance's folder; one is made and asked for when it is due. Looked at every ten seconds."""

    def __init__(self, data: Path, rng: Rng, clock: Clock, /) -> None:
        self._folder = ResponderFolder(data, SERVICE, UNIT)
        self._repository = data / "repository" / "ca"
        self._rng, self._clock = rng, clock
        self._looked = float("-inf")
        self._found: StampingKey | None = None

    def key_at(self, now: Instant, /) -> StampingKey | None:
        found = self._found
        valid = found is not None and found.not_after > now
        # Without a key the folder is looked at each second: somebody waits for a stamp.
        if valid and self._clock.monotonic() - self._looked < _LOOK_EVERY:
            return found
        self._folder.ask(_WISH, now=now, rng=self._rng)
        newest = self._folder.newest(now=now)
        self._looked = self._clock.monotonic()
        if newest is None:
            self._found = None
        else:
            stamper = Stamper(self._chain(newest), newest.key)
            self._found = StampingKey(stamper=stamper, not_after=newest.not_after)
        return self._found

    def _chain(self, certified: CertifiedKey) -> tuple[bytes, ...]:
        """The certificate, and its issuer's if that is published here. The root stays out: who trusts it has it."""
        own = load_certificate(certified.certificate)
        for path in sorted(self._repository.glob("*.cer")):
            try:
                issuer = path.read_bytes()
                if is_signed_by(own, load_certificate(issuer)):
                    return certified.certificate, issuer
            except (OSError, AbsahError):
                continue
        return (certified.certificate,)


def make(data: Path, /) -> Door:
    """The door of the TSA process of an instance."""
    config = load_config(data)
    clock, rng = SystemClock(), SystemRng()
    desk = TsaDesk(
        FolderKeys(config.data, rng, clock),
        guard_for(config, clock, rng),
        StampRecord(config.data),
        StampingRules(policy=oids.TEST_TIMESTAMP_POLICY),
        clock=clock,
        rng=rng,
    )
    return Door(desk, meter=FileMeter(config.data))


def from_environment() -> Door:
    """The same for the instance in `$ABSAH_DATA`: what the server calls in its worker."""
    return make(Path(os.environ["ABSAH_DATA"]))
