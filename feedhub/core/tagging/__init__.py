"""Tags by rules, each with its why: compile a vocabulary once, then tag entries."""

from feedhub.core.tagging.assign import tag
from feedhub.core.tagging.furniture import repeated_segments
from feedhub.core.tagging.rules import Rules, rules_from_json, rules_to_json
from feedhub.core.tagging.vocabulary import compile_vocabulary, fingerprint, rule_version

__all__ = [
    "Rules",
    "compile_vocabulary",
    "fingerprint",
    "repeated_segments",
    "rule_version",
    "rules_from_json",
    "rules_to_json",
    "tag",
]
