"""A rehearsal of both pipelines on this machine, out of the templates, and of a loss and its recovery."""
