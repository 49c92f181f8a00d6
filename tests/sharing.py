"""Which tests go to one worker together: `--dist loadgroup` asks this, and no marks.

Instances that real processes serve are dear. Their tests stay together, so that each instance is made once.
"""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

#: Folders with one instance for all their tests.
DEAR = ("tests/endtoend", "tests/site/relay")
#: Files of the browser room with many short tests that leave nothing behind: who is free takes the next of them.
FILLING = {"test_every_page.py", "test_weight.py"}


def together(test: str) -> str:
    """The name of those that a test, by its node id, stays with."""
    file = PurePosixPath(test.partition("::")[0])
    for folder in DEAR:
        if file.is_relative_to(folder):
            return folder
    if file.is_relative_to("tests/browser") and file.name not in FILLING:
        return str(file)
    return test


class Sharing(LoadScopeScheduling):
    """Shares the tests out: those that belong together to one worker, others one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)
