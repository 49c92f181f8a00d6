"""The command line of an instance."""
