"""Hostile files are opened in processes of their own, with little time, little memory and nothing to steal."""
