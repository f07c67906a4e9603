"""The programs that are measured side by side; each is run as a process of its own."""
