"""What a user of the library `reader` would write; run by the Python of its own environment.

`add DATABASE FEEDS` subscribes to the addresses of a file, a line each; `update DATABASE` polls
them all. `update_feeds` takes only feeds that are due by its own schedule unless told otherwise.
"""

import sys

from reader import make_reader  # type: ignore[import-not-found]  # in an environment of its own


def main(task: str, database: str, feeds: str = "") -> None:
    """Subscribe, or poll everything once."""
    with make_reader(database) as reader:
        if task == "add":
            with open(feeds, encoding="utf-8") as lines:
                for line in lines:
                    reader.add_feed(line.strip())
        else:
            reader.update_feeds(workers=10, scheduled=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
