"""A rehearsal of the project pipeline on this machine: stages, build specs, variables and roles out of the template."""
