"""FeedHub: agency feeds and local articles, merged by tag, published as RSS, Atom and JSON feeds."""

__version__ = "0.1.0"
