"""Local articles: a folder of Markdown files with front matter becomes parsed entries and pictures.

    signature (did anything change?) ─► read_folder ─► front (YAML, lines) ─► keys (each value)
                                                   └─► text (Markdown) ─► pictures

A file that cannot be used is a value too: it says what is wrong, with its lines, and costs no
other file anything. What reads YAML and Markdown is loaded with the first article. The folder's
format stands in the manual under "A local article".
"""

from __future__ import annotations

from feedhub.articles.article import ArticleFile
from feedhub.articles.folder import read_folder, signature

__all__ = ["ArticleFile", "read_folder", "signature"]
