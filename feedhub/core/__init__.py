"""The pure stages: bytes and values in, values and bytes out; no clock, socket, file or database."""
