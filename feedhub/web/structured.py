"""What the head says to machines: schema.org NewsArticle and breadcrumbs."""

from __future__ import annotations

from typing import Any

from feedhub.model import OutEntry, Site
from feedhub.web.wording import wide_image

SCHEMA = "https://schema.org"


def news_article(entry: OutEntry, site: Site) -> dict[str, Any]:
    """Describe an entry; a republished one names its source's page as what it is based on."""
    publisher = {"@type": "Organization", "name": entry.source.title}
    if entry.source.home_page_url:
        publisher["url"] = entry.source.home_page_url
    described: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "NewsArticle",
        "headline": entry.title,
        "url": entry.page_url,
        "mainEntityOfPage": entry.page_url,
        "datePublished": entry.published.isoformat(),
        "dateModified": entry.updated.isoformat(),
        "inLanguage": entry.language or site.language,
        "articleSection": entry.section.title,
        "keywords": [tag.name for tag in entry.tags],
        "publisher": publisher,
        "author": [{"@type": "Person", "name": name} for name in entry.authors] or [publisher],
    }
    if entry.summary:
        described["description"] = entry.summary
    if image := wide_image(entry):
        described["image"] = image.url
    if not entry.source.is_local:
        described["isBasedOn"] = entry.url
    return described


def breadcrumbs(steps: list[tuple[str, str]]) -> dict[str, Any]:
    """Describe the way to a page; each step is a name and an absolute address."""
    return {
        "@context": SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": url}
            for place, (name, url) in enumerate(steps, start=1)
        ],
    }
