"""Opens an instance for a command: its settings, Django, and the signer process."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from absah.kernel.errors import NotAllowed
from absah.kernel.refs import Citation, Norm
from absah_site.cli.database_words import MigrationsWaiting
from absah_site.config import Config, Role, load_config

if TYPE_CHECKING:
    from absah.adapters.signer_client import SignerClient


class AgencyHoldsNoKeys(NotAllowed):
    """An agency instance has no signer: keys of signers are with the certification body (PP 71/2019 Pasal 63)."""

    code = "cli.agency-holds-no-keys"
    citation = Citation(norm=Norm.PP_71_2019, clause="63")


def open_instance(data: Path, /) -> Config:
    """Set Django up for the instance in `data`. Raises `site.no-instance`."""
    data = data.resolve()
    config = load_config(data)
    os.environ["ABSAH_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "absah_site.settings.instance"

    import django

    django.setup()
    return config


def check_may_serve(config: Config, /) -> None:
    """Refuse to serve or sign with an instance that was restored and has not caught up. See `backup.standing`."""
    from absah_site.backup.standing import check_may_serve as check

    check(config)


def check_migrated(config: Config, /) -> None:
    """Raises MigrationsWaiting."""
    from absah_site.upgrading import waiting

    if migrations := waiting():
        raise MigrationsWaiting(number=len(migrations), data=str(config.data))


def open_signer(config: Config, /) -> "SignerClient":
    """The instance's signer; a process is started for it when none runs. Raises AgencyHoldsNoKeys.

    Also raises what `check_may_serve` raises.
    """
    if config.role is Role.AGENCY:
        raise AgencyHoldsNoKeys
    check_may_serve(config)

    from absah.adapters.signer_life import ensure_signer  # only for commands that need keys

    return ensure_signer(config.data)
