"""Whether this machine's clock may be stamped with, as the settings of the instance have it."""

from absah.adapters.trusted_time.guard import TimeGuard, TimeRules
from absah.adapters.trusted_time.sntp import SntpServer
from absah.kernel.clock import SystemClock
from absah.kernel.rng import Rng
from absah_site.config import Config


def guard_for(config: Config, clock: SystemClock, rng: Rng, /) -> TimeGuard:
    """Other clocks as the settings name them. Only a trial may stamp with nobody's word but the machine's."""
    servers = tuple(SntpServer(name, clock, rng) for name in config.time.servers)
    rules = TimeRules(
        largest_offset=config.time.largest_offset_ms / 1000,
        measure_every=config.time.measure_every_seconds,
        unproven=config.trial,
    )
    return TimeGuard(clock, servers, rules)
