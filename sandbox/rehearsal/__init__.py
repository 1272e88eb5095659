"""A rehearsal of both pipelines on this machine: stages, build specs, variables and roles out of the templates."""
