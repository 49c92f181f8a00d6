"""The wire of the eSign Client Service over HTTP: a door of its own in front of the pages, without their middleware.

Nothing here has sessions, cookies, forms of browsers or a language; what a call needs is its password, its body and its
answer. The words of the wire are in `absah.esign`, the tables in `absah_site.applications`.
"""
