"""Who may do what: the one way to grant, the execution role, and the names that stacks know of each other."""
