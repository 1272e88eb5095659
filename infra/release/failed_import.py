"""What an import error of Airflow says, without the path that led to it."""


def reason(trace: str) -> str:
    """The message at the end of a traceback, which may have a line for each of several DAGs; empty for an empty one."""
    lines = trace.strip().splitlines()
    frames = [number for number, line in enumerate(lines) if line.startswith("  ")]
    told = lines[frames[-1] + 1 :] if frames else lines[-1:]
    return "; ".join(line.strip() for line in told if line.strip())
