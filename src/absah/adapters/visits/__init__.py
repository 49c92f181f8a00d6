"""Visiting pages with a browser that can reach only what a guard lets through, and taking their picture.

    address -> guard (scheme, host, port, resolved address) -> browser -> proxy -> guard again, for every connection

The browser has no way out but the proxy, which connects to the address that was judged: redirects, pictures, scripts
and sockets of a page are held to the rule like the page itself, and a name that resolves otherwise later gains nothing.
"""
