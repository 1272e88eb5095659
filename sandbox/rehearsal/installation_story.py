"""The story of MWAA's start-up: plugins.zip and requirements.txt are installed where no package index can be reached."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from infra.parameters.parameter_table import AIRFLOW_VERSIONS
from infra.resources.code_bundle import UNPACKED, CodeSources, write_bundle
from infra.wheels.download import fetch_missing
from infra.wheels.lock import read_lock
from infra.wheels.machine import PYTHON
from sandbox.rehearsal.verdict import StoryError, end_of

# A port that nobody listens on stands for every index and every other way out.
_NOWHERE = "http://127.0.0.1:9/"
_CUT_OFF = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": _NOWHERE,
    "HTTP_PROXY": _NOWHERE,
    "HTTPS_PROXY": _NOWHERE,
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
_MOST_SECONDS = 540  # MWAA ends an installation that takes longer


@dataclass(frozen=True)
class InstallationStory:
    """One scene for each Airflow version. `dags` are the compiled samples; `home` is written to and emptied again."""

    root: Path
    home: Path
    dags: Path
    say: Callable[[str], None] = print

    @property
    def scenes(self) -> tuple[Callable[[], None], ...]:
        """In the order in which they are played."""
        return tuple(partial(self.it_installs_without_an_index, version) for version in AIRFLOW_VERSIONS)

    def it_installs_without_an_index(self, version: str) -> None:
        """Into an environment that has nothing, not even what MWAA's image has; then Airflow imports every sample DAG."""
        self.say(f"Airflow {version}, cut off:")
        home = self.home / version
        requirements = self._unpack(version, home)
        python = self._bare_environment(home / "environment")
        started = time.monotonic()
        self._run(
            [python, "-m", "pip", "install", "--quiet", "--no-cache-dir", "-r", str(requirements)], home
        )
        seconds = time.monotonic() - started
        if seconds > _MOST_SECONDS:
            raise StoryError(f"installing took {seconds:.0f} s, and MWAA gives up after {_MOST_SECONDS} s")
        self.say(f"  installed in {seconds:.0f} s")
        self._run([python, "-m", "pip", "check"], home)
        broken = home / "broken"
        command = [python, "-m", "infra.release", "import", "--dags", str(self.dags), "--broken", str(broken)]
        said = self._run(command, home)
        if units := broken.read_text(encoding="utf-8"):
            raise StoryError(f"DAGs of {units} cannot be imported:\n{end_of(said)}")
        self.say(f"  {said.splitlines()[-1]}")
        shutil.rmtree(home)

    def _unpack(self, version: str, home: Path) -> Path:
        """As MWAA does, but for the folder's name."""
        sources = CodeSources.of(self.root)
        fetch_missing(read_lock(sources.lock(version)), sources.wheels_for(version), self.say)
        bundle = write_bundle(sources, home / "bundle", version)
        with ZipFile(bundle.plugins) as archive:
            archive.extractall(home / "plugins")
        text = bundle.requirements.read_text(encoding="utf-8")
        bundle.requirements.write_text(text.replace(UNPACKED, str(home / "plugins")), encoding="utf-8")
        self.say(f"  plugins.zip has {bundle.plugins.stat().st_size / 1e6:.0f} MB")
        return bundle.requirements

    def _bare_environment(self, folder: Path) -> str:
        name = f"python{'.'.join(map(str, PYTHON))}"
        interpreter = sys.executable if sys.version_info[:2] == PYTHON else shutil.which(name)
        if interpreter is None:
            raise StoryError(
                f"MWAA runs {name}, which is not on this machine: install it, or leave this story out"
            )
        subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
        return str(folder / "bin" / "python")

    def _run(self, command: list[str], home: Path) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": f"{home / 'plugins'}:{self.root}",
            **_CUT_OFF,
        }
        done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StoryError(f"{' '.join(command[1:4])} failed:\n{end_of(done.stdout + done.stderr)}")
        return done.stdout
