"""From the address of a site to a ready source: asked, read, guessed and proved; nothing is stored.

flow      probe: which addresses are asked in which order, and what is chosen of what they hold
reading   one document, in a worker process: what it is, what it names, which guesses it proves
item      the source that is proposed, as a model and as an item of `sources`
telling   warnings and what to try next, in sentences
values    what a probe comes to
"""
