"""Writing PDF by appending: what was there stays as it is, byte for byte."""
