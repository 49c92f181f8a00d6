"""The services that answer machines: certificate status (OCSP), time (TSA). Bare HTTP, without Django, without pages.

Each service is a `Desk` behind the `Door`; each runs in a process of its own, with no key but its own.
"""
