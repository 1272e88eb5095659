"""The org's HTTP interface: one module a part of Salesforce's API, none of which knows the server."""
