"""How the org is reached: TLS, ASGI, the CONNECT proxy."""
