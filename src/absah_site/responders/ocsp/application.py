"""Puts the OCSP process together: register, keys, desk, door."""

import os
from pathlib import Path
from typing import Final, final

from absah.adapters.responder_keys import CertifiedKey, ResponderFolder
from absah.kernel.clock import Instant, SystemClock
from absah.kernel.rng import Rng, SystemRng
from absah.pki.names import AuthorityName
from absah_site.config import load_config
from absah_site.responders.door import Door
from absah_site.responders.meters import FileMeter
from absah_site.responders.ocsp.desk import OcspDesk
from absah_site.responders.ocsp.register import Issuer, Register, open_rows

SERVICE: Final = "ocsp"
#: What a request says of its subject; the worker names the responder after its issuer.
_WISH: Final = AuthorityName(common_name="OCSP", organisation="Absah")
_LOOK_EVERY: Final = 10.0


@final
class FolderKeys:
    """The keys in the instance's folder; one is made and asked for when it is due. Looked at every ten seconds."""

    def __init__(self, data: Path, rng: Rng, clock: SystemClock, /) -> None:
        self._data, self._rng, self._clock = data, rng, clock
        self._found: dict[str, tuple[float, CertifiedKey | None]] = {}

    def key_for(self, issuer: Issuer, now: Instant, /) -> CertifiedKey | None:
        looked, found = self._found.get(issuer.slug, (float("-inf"), None))
        # Without a key the folder is looked at each second: somebody waits for an answer.
        if found is not None and found.not_after > now and self._clock.monotonic() - looked < _LOOK_EVERY:
            return found
        folder = ResponderFolder(self._data, SERVICE, issuer.slug)
        folder.ask(_WISH, now=now, rng=self._rng)
        newest = folder.newest(now=now)
        self._found[issuer.slug] = (self._clock.monotonic(), newest)
        return newest


def make(data: Path, /, *, keeps: bool = True) -> Door:
    """The door of the OCSP process of an instance."""
    config = load_config(data)
    clock = SystemClock()
    register = Register(open_rows(config.database, config.data))
    desk = OcspDesk(register, FolderKeys(config.data, SystemRng(), clock), clock, keeps=keeps)
    return Door(desk, meter=FileMeter(config.data))


def from_environment() -> Door:
    """The same for the instance in `$ABSAH_DATA`: what the server calls in each worker."""
    return make(Path(os.environ["ABSAH_DATA"]))
