"""The process that faces people and their applications, as `absah up` starts it and a unit of its own may."""

import argparse
import os
from pathlib import Path

from absah.cli.terminal import Exit, Terminal
from absah_site.cli.turns import begin_serving
from absah_site.config import load_config


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument(
        "--socket",
        type=Path,
        metavar="PATH",
        help="Unix socket for the proxy in front, in place of an address; client certificates are believed there only",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--workers", type=int, default=2, help="processes that answer (2)")


def run(options: argparse.Namespace, _terminal: Terminal, /) -> Exit:
    from absah_site.serving import Listening, serve_pages  # only this process needs the server

    data = options.data.resolve()
    load_config(data)  # refuses a folder without an instance
    begin_serving(data)
    os.environ["ABSAH_DATA"] = str(data)  # the workers read it
    os.environ["ABSAH_BEHIND_SOCKET"] = "0" if options.socket is None else "1"
    serve_pages(Listening(host=options.host, port=options.port, socket=options.socket, workers=options.workers))
    return Exit.DONE
