"""The same people as in the tests of dossiers."""

from tests.site.dossiers.conftest import _stores, bare_instance, browser, bureau, instance, isolated, office, walk

__all__ = ["_stores", "bare_instance", "browser", "bureau", "instance", "isolated", "office", "walk"]
