"""Asking for work, and doing it.

    register("notices:send", send_notice, retries=8)                     # once, in AppConfig.ready
    register_periodic("ledger:head", publish_head, every=timedelta(days=1))

    with transaction.atomic():
        store.save(notice)
        enqueue("notices:send", f"notice:{notice.id}")                   # together with the fact, or not at all

The worker calls `send_notice(work)`. It may be called again for the same reference, because a worker can die after the
work and before it could say so: a handler first looks whether its work is done, and writes its result in one
transaction.
"""

from absah_site.jobs.actions.asking import enqueue, retry
from absah_site.jobs.actions.kinds import Handler, Kind, register, register_periodic
from absah_site.jobs.actions.running import run, run_due
from absah_site.jobs.actions.sweeping import keep_leases, register_own, sweep, working
from absah_site.jobs.actions.work import LeaseLost, Work

__all__ = [
    "Handler",
    "Kind",
    "LeaseLost",
    "Work",
    "enqueue",
    "keep_leases",
    "register",
    "register_own",
    "register_periodic",
    "retry",
    "run",
    "run_due",
    "sweep",
    "working",
]
