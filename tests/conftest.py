"""Rules of the whole suite.

The network is off. Unix sockets are open (the signer process speaks over one); a test that serves or asks on this
machine's loopback says so with `@pytest.mark.loopback`. Nothing reaches further, whatever a test asks for.

Property tests have no deadline, because the machine that runs them may be busy; a counter-example prints the line
that reproduces it.
"""

import pytest
from hypothesis import settings

from tests.sharing import Sharing

LOOPBACK = ["127.0.0.1", "::1"]

settings.register_profile("suite", deadline=None, print_blob=True)
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Switch pytest-socket on before it reads its options: a forgotten flag must not open the network."""
    config.option.disable_socket = True
    config.option.allow_unix_socket = True
    config.addinivalue_line("markers", "loopback: opens TCP sockets on this machine; everything else stays blocked")
    # pytest-socket warns and raises; one of the two is enough, and the error says more.
    config.addinivalue_line("filterwarnings", "ignore:A test tried to use socket:UserWarning")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Sharing | None:
    return Sharing(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
