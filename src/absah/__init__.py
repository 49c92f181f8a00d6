"""Absah, the library: what is true about certificates, signatures and agreements. It never imports Django."""

__version__ = "0.1.0"
