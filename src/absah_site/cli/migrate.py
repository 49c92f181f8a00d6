"""`absah migrate`: brings the database of an instance up to this release.

`absah up` refuses a database that is older than the program and never changes one by itself: a backup comes first. On
PostgreSQL the instance may run as a role that owns no table (`absah audit grants`); then the owner's address is given,
for this one time and from a file, and the role is let use what is new.
"""

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from absah.cli.terminal import Exit, Terminal, UsageWrong
from absah_site.actors import Operator
from absah_site.cli.backup import passphrase_in
from absah_site.cli.instance import check_migrated, open_instance
from absah_site.cli.turns import at_rest
from absah_site.config import Config
from absah_site.settings.database import database_settings


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--check", action="store_true", help="only say what waits; exit 1 if anything does")
    parser.add_argument(
        "--owner-file",
        type=Path,
        metavar="F",
        help="file whose first line is the database's address as the owner of its tables; else as in absah.toml",
    )


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    if options.check:
        check_migrated(config)
        terminal.result(made=[])
        terminal.say("upgrading.nothing-waits")
        return Exit.DONE
    from absah_site.upgrading import role, upgrade

    serving = ""
    if options.owner_file:
        serving = role()
        connect_as(passphrase_in(options.owner_file).reveal(), config)
    with at_rest(config.data):
        made = upgrade(serving=serving, by=Operator())
    terminal.result(made=list(made))
    if made:
        terminal.say("upgrading.made", number=len(made))
    else:
        terminal.say("upgrading.nothing-waits")
    return Exit.DONE


def connect_as(address: str, config: Config, /) -> None:
    """Speak to the same database as somebody else. Raises UsageWrong."""
    from django.db import connection

    here, there = (urlsplit(written) for written in (config.database, address))
    if not config.database.startswith("postgres") or there.scheme not in {"postgres", "postgresql"}:
        raise UsageWrong(problem="--owner-file: postgresql://OWNER:PASSWORD@HOST/DATABASE")
    if here.path != there.path:
        raise UsageWrong(problem=f"--owner-file: {here.path.lstrip('/')} != {there.path.lstrip('/')}")
    connection.close()
    connection.settings_dict.update(database_settings(address, config.data))
