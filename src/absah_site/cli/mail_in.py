"""`absah mail-in`: takes one mail from the mail server, on standard input, as a note of the case that it answers.

The mail server hands over what comes to the mailbox of `[mail] replies` (Postfix: `mailbox_command`, or an alias with a
pipe). Exit 0: taken; 65: refused for good, the sender is told; 75: try again later (sysexits of a mail server).
"""

import argparse
import sys

from absah.cases.replies import LARGEST
from absah.cli.terminal import Exit, Terminal
from absah.kernel.errors import NotAllowed
from absah_site.cli.instance import open_instance


def arguments(_parser: argparse.ArgumentParser, /) -> None:
    """None of its own."""


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    open_instance(options.data)
    from absah_site.cases.actions.replies import take_reply

    try:
        number = take_reply(sys.stdin.buffer.read(LARGEST + 1))
    except NotAllowed as refusal:
        terminal.refuse(refusal)
        return Exit.BAD_INPUT
    terminal.line(number)
    terminal.result(case=number)
    return Exit.DONE
