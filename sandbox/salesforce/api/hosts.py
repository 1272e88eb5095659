"""Which of Salesforce's hosts a request was sent to, and what the org calls itself in answers."""

from sandbox.salesforce.state import MY_DOMAIN, OrgState

LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")


def instance_url(state: OrgState, host: str) -> str:
    """The address for data calls: My Domain, or the org's own address for callers that used that."""
    if hostname(host).endswith(".salesforce.com"):
        return f"https://{MY_DOMAIN}.salesforce.com"
    return f"https://{host}" if host else state.url


def hostname(host: str) -> str:
    """A Host header without its port, lower-case."""
    return host.lower().rpartition(":")[0] if ":" in host else host.lower()


def is_production_login(host: str) -> bool:
    """Whether this org's users can log in there: anywhere but at another org's domain or the sandboxes' login."""
    name = hostname(host)
    return not name.endswith(".salesforce.com") or name in {LOGIN_HOSTS[0], f"{MY_DOMAIN}.salesforce.com"}
