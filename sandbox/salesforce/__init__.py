"""A local Salesforce org for data extraction. Start one with `running_org`, or `python -m sandbox org`."""

from sandbox.salesforce.org import Org
from sandbox.salesforce.running import running_org

__all__ = ["Org", "running_org"]
