"""The instance, the application and the holder of the tests of the site."""

from tests.site.conftest import _nobody_has_asked_yet, _tables_can_be_emptied, clock, operator, rng
from tests.site.esign.conftest import _nobody_is_known, bare_instance, client, holder, instance, office, walk

__all__ = [
    "_nobody_has_asked_yet",
    "_nobody_is_known",
    "_tables_can_be_emptied",
    "bare_instance",
    "client",
    "clock",
    "holder",
    "instance",
    "office",
    "operator",
    "rng",
    "walk",
]
