"""What is marked `matrix_full` takes minutes: it runs when it is asked for, as `make conformance` does."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "matrix_full" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("matrix_full")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
