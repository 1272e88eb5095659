"""CloudFormation as far as the CDK's command line talks to it; `apply` says what a deployment does.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html, in AWS's query protocol.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from sandbox.rehearsal.intrinsics import ACCOUNT, REGION

_MOMENT = "2026-01-01T00:00:00Z"


class _RefusedError(Exception):
    """An error of the service: its code and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class _Stack:
    """A stack: the template that stands (empty before the first), that of the change set that waits, and its state."""

    template: str = ""
    waiting: str = ""
    status: str = "REVIEW_IN_PROGRESS"
    protected: bool = False
    reason: str = ""


class Formation:
    """Change sets are made at once and carried out at once.

    `read` gets the text behind the address of a template. `apply` is given a stack's name and its new template, and may
    raise ClientError: then the stack goes back to what stood before.
    """

    def __init__(self, read: Callable[[str], str], apply: Callable[[str, str], None]) -> None:
        self._read = read
        self._apply = apply
        self._stacks: dict[str, _Stack] = {}
        self._actions: Mapping[str, Callable[[Mapping[str, str]], str]] = {
            "CreateChangeSet": self._create_change_set,
            "DeleteChangeSet": self._delete_change_set,
            "DescribeChangeSet": self._describe_change_set,
            "DescribeStackEvents": lambda _: "",
            "DescribeStacks": self._describe_stacks,
            "ExecuteChangeSet": self._execute_change_set,
            "GetTemplate": self._get_template,
            "UpdateTerminationProtection": self._protect,
        }

    @property
    def stacks(self) -> dict[str, str]:
        """Name to status of every stack, in the order in which they were made."""
        return {name: stack.status for name, stack in self._stacks.items()}

    @property
    def unprotected(self) -> list[str]:
        """The stacks that somebody could delete by mistake."""
        return [name for name, stack in self._stacks.items() if not stack.protected]

    def answer(self, _path: str, body: bytes) -> tuple[int, str, bytes]:
        """Answer one request."""
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        action = asked["Action"]
        if action not in self._actions:
            return _error("InvalidAction", f"{action} is not played")
        try:
            result = self._actions[action](asked)
        except _RefusedError as error:
            return _error(error.code, str(error))
        xml = f"<{action}Response><{action}Result>{result}</{action}Result>{_META}</{action}Response>"
        return 200, "text/xml", xml.encode()

    def _describe_stacks(self, asked: Mapping[str, str]) -> str:
        name, stack = self._find(asked)
        members = _fields(
            StackId=_arn("stack", name),
            StackName=name,
            StackStatus=stack.status,
            StackStatusReason=stack.reason,
            CreationTime=_MOMENT,
            EnableTerminationProtection=str(stack.protected).lower(),
        )
        return f"<Stacks><member>{members}</member></Stacks>"

    def _protect(self, asked: Mapping[str, str]) -> str:
        name, stack = self._find(asked)
        stack.protected = asked["EnableTerminationProtection"] == "true"
        return _fields(StackId=_arn("stack", name))

    def _get_template(self, asked: Mapping[str, str]) -> str:
        return _fields(TemplateBody=self._find(asked)[1].template or "{}")

    def _create_change_set(self, asked: Mapping[str, str]) -> str:
        name = asked["StackName"]
        stack = self._stacks.setdefault(name, _Stack())
        stack.waiting = asked.get("TemplateBody") or self._read(asked["TemplateURL"])
        return _fields(Id=_arn("changeSet", name), StackId=_arn("stack", name))

    def _describe_change_set(self, asked: Mapping[str, str]) -> str:
        name, stack = self._find(asked)
        if not stack.waiting:
            raise _RefusedError("ChangeSetNotFound", f"ChangeSet [{asked['ChangeSetName']}] does not exist")
        same = stack.waiting == stack.template
        members = _fields(
            ChangeSetName=asked["ChangeSetName"],
            ChangeSetId=_arn("changeSet", name),
            StackId=_arn("stack", name),
            StackName=name,
            Status="FAILED" if same else "CREATE_COMPLETE",
            StatusReason="The submitted information didn't contain changes." if same else "",
            ExecutionStatus="UNAVAILABLE" if same else "AVAILABLE",
            CreationTime=_MOMENT,
        )
        change = _fields(Action="Modify", LogicalResourceId="Any", ResourceType="AWS::Any::Thing")
        changes = f"<member><Type>Resource</Type><ResourceChange>{change}</ResourceChange></member>"
        return f"{members}<Changes>{changes}</Changes>"

    def _execute_change_set(self, asked: Mapping[str, str]) -> str:
        name, stack = self._find(asked)
        verb = "UPDATE" if stack.template else "CREATE"
        try:
            self._apply(name, stack.waiting)
        except ClientError as error:
            stack.status, stack.reason = f"{verb}_ROLLBACK_COMPLETE".removeprefix("CREATE_"), str(error)
        else:
            stack.status, stack.template, stack.reason = f"{verb}_COMPLETE", stack.waiting, ""
        stack.waiting = ""
        return ""

    def _delete_change_set(self, asked: Mapping[str, str]) -> str:
        self._find(asked)[1].waiting = ""
        return ""

    def _find(self, asked: Mapping[str, str]) -> tuple[str, _Stack]:
        """The stack that a request names, by its name or its ARN."""
        given = asked["StackName"]
        name = given.split("/")[1] if given.startswith("arn:") else given
        if name not in self._stacks:
            raise _RefusedError("ValidationError", f"Stack with id {name} does not exist")
        return name, self._stacks[name]


_META = "<ResponseMetadata><RequestId>rehearsal</RequestId></ResponseMetadata>"


def _error(code: str, message: str) -> tuple[int, str, bytes]:
    fault = f"<Error><Type>Sender</Type>{_fields(Code=code, Message=message)}</Error>"
    return 400, "text/xml", f"<ErrorResponse>{fault}<RequestId>rehearsal</RequestId></ErrorResponse>".encode()


def _fields(**fields: str) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items() if value)


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:{kind}/{name}/rehearsal"
