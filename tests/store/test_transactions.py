from feedhub.store import Store, facts


def test_what_is_written_is_kept(store: Store) -> None:
    with store.write() as conn:
        facts.put(conn, "a", "1")
    with store.read() as conn:
        assert facts.get(conn, "a") == "1"
