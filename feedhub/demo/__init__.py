"""The demonstration: three invented agencies on this machine, and a site that reads them.

    texts/*.json ─► agencies (what is out at an instant) ─► documents (RSS, Atom, JSON Feed) ─► server
    site: config.yaml and local articles in a folder of their own

Nothing here leaves the machine; agencies, texts and pictures are made up for the demonstration.
"""

from __future__ import annotations

from feedhub.demo.agencies import AGENCIES, Agency, Item, published
from feedhub.demo.server import AgencyServer
from feedhub.demo.site import TAG, write_site

__all__ = ["AGENCIES", "TAG", "Agency", "AgencyServer", "Item", "published", "write_site"]
