"""The machines that an MWAA environment may run on: the markers that hold there, and the wheels that fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags

PYTHON = (3, 12)
# MWAA's images are of Amazon Linux 2023, whose C library is glibc 2.34; wheels name the oldest that they run on.
_NEWEST_GLIBC, _OLDEST_GLIBC = 34, 5
_LEGACY = {
    "manylinux_2_17": "manylinux2014",
    "manylinux_2_12": "manylinux2010",
    "manylinux_2_5": "manylinux1",
}


@dataclass(frozen=True)
class Machine:
    """Linux on one architecture, in the words of Python's packaging: `x86_64`, `aarch64`."""

    architecture: str

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """Platform tags, the most specific first."""
        names: list[str] = []
        for minor in range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1):
            name = f"manylinux_2_{minor}"
            names += [name, *([_LEGACY[name]] if name in _LEGACY else [])]
        return tuple(f"{name}_{self.architecture}" for name in (*names, "linux"))

    @cached_property
    def ranks(self) -> Mapping[Tag, int]:
        """Every tag of a wheel that runs here, to its rank: the lower the better."""
        version = "".join(map(str, PYTHON))
        tags = [
            *cpython_tags(PYTHON, platforms=self.platforms, abis=[f"cp{version}"]),
            *compatible_tags(PYTHON, interpreter=f"cp{version}", platforms=self.platforms),
        ]
        return {tag: rank for rank, tag in reversed(list(enumerate(tags)))}

    @property
    def markers(self) -> dict[str, str]:
        """What the markers of a lock are held against, whatever machine this runs on."""
        version = ".".join(map(str, PYTHON))
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{version}.9",
            "os_name": "posix",
            "platform_machine": self.architecture,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{version}.9",
            "python_version": version,
            "sys_platform": "linux",
        }


# AWS makes its images for both, and does not say which one an environment gets.
MACHINES = (Machine("x86_64"), Machine("aarch64"))
