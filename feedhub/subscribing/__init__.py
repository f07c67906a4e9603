"""FeedHub as a subscriber: hubs are asked to push, their questions answered, pushes taken in.

    asking      the poller: what must be asked of hubs is asked, and what came of it kept
    receiving   the web: a hub asks whether we meant it, a hub sends a document; and back in the
                poller: what came, as the river takes it

The web process neither asks anything nor reads what it receives: it lies in the inbox, bounded,
until the poller takes it. Where anything is missing or doubtful, polling goes on as without a hub.
"""

from feedhub.subscribing.asking import CALLBACK, Asked, Post, subscribe_due
from feedhub.subscribing.receiving import Reply, as_fetched, knows, receive, verify

__all__ = [
    "CALLBACK",
    "Asked",
    "Post",
    "Reply",
    "as_fetched",
    "knows",
    "receive",
    "subscribe_due",
    "verify",
]
