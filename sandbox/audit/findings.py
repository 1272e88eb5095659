"""What checkov finds in the templates, without what has been accepted, each with its reason."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from re import fullmatch

# Check and resource, as a pattern of `<stack>/<type>.<logical id>`, to why it stays.
_OWN_FUNCTION = "It runs while a stack is deployed or deleted, a moment each time; CloudFormation reports its failure and calls it again."
ACCEPTED = {
    (
        "CKV_AWS_115",
        r".*/AWS::Lambda::Function\.(CustomS3AutoDelete|AWS679f53fac002430cb0da5b7982bd2287)\w+",
    ): _OWN_FUNCTION,
    (
        "CKV_AWS_116",
        r".*/AWS::Lambda::Function\.(CustomS3AutoDelete|AWS679f53fac002430cb0da5b7982bd2287)\w+",
    ): _OWN_FUNCTION,
    (
        "CKV_AWS_117",
        r".*/AWS::Lambda::Function\.(CustomS3AutoDelete|AWS679f53fac002430cb0da5b7982bd2287)\w+",
    ): (
        "It calls S3 only; in a VPC it would need an endpoint, and a way out of a VPC that is being deleted."
    ),
    (
        "CKV_AWS_158",
        r".*/AWS::Logs::LogGroup\.(?!.*(Task|Worker|Scheduler|WebServer|DAGProcessing)Logs)\w+",
    ): ("Logs of builds and of functions hold no data of the lake; AWS encrypts them with a key of its own."),
    (
        "CKV_AWS_18",
        r".*/AWS::S3::Bucket\.\w*AccessLogs\w+",
    ): "It is where the other buckets' access logs go; logging it would log the logging.",
}


class ScannerError(RuntimeError):
    """checkov did not run, or looked at nothing."""


def findings(checkov: Path, assembly: Path) -> list[str]:
    """A sentence for each finding that is not accepted, and for each acceptance that nothing needs any more.

    Raises:
        ScannerError: there is no report, or it covers no resource.
    """
    command = [
        str(checkov),
        "-d",
        str(assembly),
        "--framework",
        "cloudformation",
        "--output",
        "json",
        "--quiet",
        "--skip-download",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
        looked_at = report["summary"]["passed"] + report["summary"]["failed"]
    except (ValueError, KeyError, TypeError) as error:
        raise ScannerError(
            f"checkov gave no report: {(done.stderr or done.stdout).strip()[-500:]}"
        ) from error
    if not looked_at or report["summary"]["parsing_errors"]:
        raise ScannerError(
            f"checkov looked at {looked_at} things, with {report['summary']['parsing_errors']} errors"
        )
    needed, found = set(), []
    for check, resource, name in _failed(report):
        fits = [rule for rule in ACCEPTED if rule[0] == check and fullmatch(rule[1], resource)]
        needed.update(fits)
        if not fits:
            found.append(f"{resource}: {check} {name}")
    return found + [
        f"nothing needs the acceptance of {rule[0]} for {rule[1]}" for rule in ACCEPTED if rule not in needed
    ]


def _failed(report: dict[str, dict[str, list[dict[str, str]]]]) -> Iterator[tuple[str, str, str]]:
    for failed in report["results"]["failed_checks"]:
        stack = Path(failed["file_path"]).name.removesuffix(".template.json")
        yield failed["check_id"], f"{stack}/{failed['resource']}", failed["check_name"]
