"""The packages that MWAA installs, as wheels: what a lock asks for on each machine, fetched and checked, so that no environment needs an index."""
