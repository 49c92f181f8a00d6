"""The demo instance of these tests."""

from tests.fixtures_instance import bare_instance, instance, office, walk

__all__ = ["bare_instance", "instance", "office", "walk"]
