"""What may be chosen about a deployment: how a value is read, the table of all parameters, and the settings they make."""
