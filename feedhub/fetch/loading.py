"""Load aiohttp without the certificates of its own contexts, which nobody here uses.

aiohttp makes two TLS contexts when it is imported and reads every root certificate of the system
for each: 70 ms at each start (measured), also where no address is https. Ours come from `Trust`, one
is handed over with every request that needs one. What aiohttp then has of its own trusts nobody,
so that a request without one of ours would fail and never pass unchecked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_PLACES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Where OpenSSL is told to look for certificates (openssl-env(7))."""


@contextmanager
def _without_certificates() -> Iterator[None]:
    kept = {name: os.environ.get(name) for name in _PLACES}
    os.environ.update(dict.fromkeys(_PLACES, os.devnull))
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


with _without_certificates():
    import aiohttp  # noqa: F401
