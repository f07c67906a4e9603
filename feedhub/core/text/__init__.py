"""Russian text beneath the other stages: folding, slugs, sentences, word forms, near names."""
