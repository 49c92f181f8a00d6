"""Bad input at every page: walk the site as every reader, send what no browser sends, and judge what is answered.

`pages` reads what a page offers, `finding` walks the site, `values` is what is sent, `asking` sends it and takes back
whatever came of it, `judging` says what is wrong with an answer, `sweep` does all of it. `instance` sweeps a demo;
`tests/site/pages/test_bad_input.py` a smaller world, on both databases.
"""
