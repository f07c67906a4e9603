"""WebSub as a subscriber sees it, pure: who is the hub, what to ask it, what to believe of it.

    links         Link headers and the link elements at the head of a document
    discovery     which hub, which topic
    subscription  the request to a hub, its verification of our intent, when to ask again
    signature     whether content was signed with our secret

The protocol is the W3C's recommendation "WebSub".
"""

from feedhub.core.websub.discovery import HubFound, hub_of
from feedhub.core.websub.links import Link, document_links
from feedhub.core.websub.signature import is_signed
from feedhub.core.websub.subscription import (
    ANSWER_TIME,
    LEASE,
    Confirmed,
    Denied,
    Mode,
    Refused,
    form,
    intent,
    renew_at,
    retry_at,
)

__all__ = [
    "ANSWER_TIME",
    "LEASE",
    "Confirmed",
    "Denied",
    "HubFound",
    "Link",
    "Mode",
    "Refused",
    "document_links",
    "form",
    "hub_of",
    "intent",
    "is_signed",
    "renew_at",
    "retry_at",
]
