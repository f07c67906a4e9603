"""`python -m feedhub` is `feedhub`."""

from feedhub.cli import main

main()
