"""The process of one responder, as `absah up` starts it and a unit of its own may: on a socket, or on an address."""

import argparse
import os
from pathlib import Path

from absah.cli.terminal import Exit, Terminal, UsageWrong
from absah_site.cli.instance import AgencyHoldsNoKeys
from absah_site.cli.turns import begin_serving
from absah_site.config import Role, load_config

#: Service → what makes its RSGI application in each worker, from `$ABSAH_DATA`.
SERVICES = {
    "ocsp": "absah_site.responders.ocsp.application:from_environment",
    "tsa": "absah_site.responders.tsa.application:from_environment",
}
#: Services of which one process answers: the TSA has one record.
_ALONE = frozenset({"tsa"})


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("service", choices=sorted(SERVICES), help="which service")
    parser.add_argument("--socket", type=Path, metavar="F", help="listen on this Unix socket")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (8080)")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer (1)")


def run(options: argparse.Namespace, _terminal: Terminal, /) -> Exit:
    from absah_site.serving import Listening, serve  # only this process needs the server

    data = options.data.resolve()
    if options.workers > 1 and options.service in _ALONE:
        raise UsageWrong(problem=f"--workers 1 for {options.service}")
    if load_config(data).role is Role.AGENCY:
        raise AgencyHoldsNoKeys
    begin_serving(data)
    os.environ["ABSAH_DATA"] = str(data)  # the workers are spawned and read it again
    serve(
        SERVICES[options.service],
        Listening(host=options.host, port=options.port, socket=options.socket, workers=options.workers),
    )
    return Exit.DONE
