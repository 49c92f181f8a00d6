"""Absah, the site: Django. It remembers and shows; what is true is in `absah`."""
