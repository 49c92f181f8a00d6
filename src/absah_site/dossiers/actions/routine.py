"""What happens to dossiers by itself, as jobs. Each looks for what there is to do: twice does no more than once."""

from absah_site.dossiers.actions import following, signing
from absah_site.jobs.actions import Work


def reconcile(_work: Work) -> str | None:
    """End signatures whose process died, and finish what all have signed."""
    moved = signing.reconcile()
    return f"{moved} moved" if moved else None


def remind(_work: Work) -> str | None:
    """Remind of last days that are near."""
    reminded = following.remind_of_last_days()
    return f"{reminded} reminded" if reminded else None


def expire(_work: Work) -> str | None:
    """End what still goes round after its last day."""
    ended = following.expire_overdue()
    return f"{ended} expired" if ended else None
