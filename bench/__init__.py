"""How fast Absah is, against the raw operation of the key and against others. Not part of the package.

`make bench` prints one JSON object a line; docs/reference/bench.md says how to read it. Everything that is measured is
measured here and now: inputs are made on the spot, peers are installed by the bench, and what cannot be had is named.
"""
