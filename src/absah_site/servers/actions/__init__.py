"""The only writers of domains and orders."""

from absah_site.servers.actions.domains import ask_domain, check_domain
from absah_site.servers.actions.orders import Wanted, approve_order, place_order, reconcile, refuse_order

__all__ = ["Wanted", "approve_order", "ask_domain", "check_domain", "place_order", "reconcile", "refuse_order"]
