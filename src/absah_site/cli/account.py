"""`absah account`: the first officers of an instance, from the machine itself; later ones are opened by page.

    absah account open NAME --full-name N --email A --role R [--agency CODE]
    absah account link NAME
    absah account reset NAME

The first two print a link by which the person alone sets the password; `reset` drops every second factor, ends every
session and prints a link by which the person sets a new one. All are mailed, too, where mail leaves.
"""

import argparse
from typing import Final

from absah.cli.terminal import Exit, Terminal, UsageWrong
from absah_site.actors import Operator
from absah_site.cli.instance import open_instance
from absah_site.config import Config
from absah_site.roles import Role

#: Verifikators are appointed by letter, signers by their certificate.
_GIVEN: Final = tuple(role for role in Role if role not in {Role.VERIFIKATOR, Role.SIGNER})
_OF_AGENCIES: Final = frozenset({Role.AGENCY_ADMIN})


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument(
        "action",
        choices=["open", "link", "reset"],
        help="open an account; print a new link to set its password; or one to take a new second factor",
    )
    parser.add_argument("name", metavar="NAME", help="name to sign in with")
    parser.add_argument("--full-name", default="", metavar="N", help="open: the person's name, as pages show it")
    parser.add_argument("--email", default="", metavar="A", help="open: official address")
    parser.add_argument("--role", choices=[role.value for role in _GIVEN], help="open: what the person does here")
    parser.add_argument("--agency", default="", metavar="CODE", help="open: short name of the agency; else everywhere")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    make, room = {"open": (_open, "kata-sandi"), "link": (_link, "kata-sandi"), "reset": (_reset, "faktor-baru")}[
        options.action
    ]
    _tell(config, options, f"{config.base_url}/{room}/{make(options)}/", terminal)
    return Exit.DONE


def _open(options: argparse.Namespace) -> str:
    from absah_site.accounts.actions import NewColleague, open_account
    from absah_site.enrolment.access.agencies import agency_with_code

    if not (options.full_name and options.email and options.role):
        raise UsageWrong(problem="open NAME --full-name N --email A --role R")
    role = Role(options.role)
    if role in _OF_AGENCIES and not options.agency:
        raise UsageWrong(problem=f"--role {role.value} --agency CODE")
    agency = str(agency_with_code(options.agency).id) if options.agency else ""
    new = NewColleague(username=options.name, name=options.full_name, email=options.email, role=role, agency=agency)
    return open_account(new, by=Operator()).text


def _link(options: argparse.Namespace) -> str:
    from absah_site.accounts.actions import link_for_operator

    return link_for_operator(options.name, by=Operator()).text


def _reset(options: argparse.Namespace) -> str:
    from absah_site.accounts.actions import reset_for_operator

    return reset_for_operator(options.name, by=Operator()).text


def _tell(config: Config, options: argparse.Namespace, address: str, terminal: Terminal) -> None:
    terminal.result(name=options.name, link=address)
    said = "cli.factor-link" if options.action == "reset" else "cli.password-link"
    terminal.say(said, name=options.name, link=address)
    if not config.mail.way:
        terminal.say("cli.password-link-by-hand")
