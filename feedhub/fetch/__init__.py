"""One guarded door to the network: a conditional GET within limits, paced per host.

Nothing else in this program opens an outgoing connection to a source.
"""

from feedhub.fetch import loading  # noqa: F401  (before anything that needs aiohttp)
from feedhub.fetch.client import Client
from feedhub.fetch.guard import Guard, is_public
from feedhub.fetch.pacing import Pacing

__all__ = ["Client", "Guard", "Pacing", "is_public"]
