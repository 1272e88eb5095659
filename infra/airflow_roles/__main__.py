"""`python -m infra.airflow_roles`: make the role in Airflow of each unit that has one."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import BotoCoreError, ClientError

from infra.airflow_roles.session import client, sign_in
from infra.airflow_roles.unit_role import RoleError, make
from infra.business_unit import UnitError, compile_units, read_units
from infra.parameters.context_reader import read_context, read_settings
from infra.parameters.parameter import ParameterError

ROOT = Path(__file__).parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    """0 when each role is there, 1 with one sentence otherwise."""
    parser = argparse.ArgumentParser(prog="python -m infra.airflow_roles", description=__doc__)
    parser.add_argument("--parameters", type=Path, default=ROOT / "infra" / "cdk.json", help="infra/cdk.json")
    parser.add_argument("--configs", type=Path, default=ROOT, help="the checkout whose units are meant")
    arguments = parser.parse_args(argv)
    try:
        settings = read_settings(read_context(arguments.parameters))
        with TemporaryDirectory() as folder:
            units = read_units(
                compile_units(arguments.configs, Path(folder) / "units.json", settings.environment)
            )
        roles = sorted({unit.airflow_role for unit in units if unit.airflow_role})
        if not roles:
            sys.stdout.write("no unit has an `airflow_role`: whoever may see one unit's DAGs sees all\n")
            return 0
        send = sign_in(client(), settings.env_name)
        for role in roles:
            sys.stdout.write(f"role {role}: {make(send, role)}\n")
    except (ParameterError, UnitError, RoleError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"MWAA does not let you in: {error}; it takes the role Admin in Airflow\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
