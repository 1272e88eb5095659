"""The runtime, as far as the bundle is concerned: a file."""
