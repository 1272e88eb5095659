"""Airflow's configuration on MWAA: what differs from MWAA's own defaults, and why."""

import json

from infra.parameters.deployment_settings import Settings

CONNECTIONS_PREFIX = "airflow/connections"
VARIABLES_PREFIX = "airflow/variables"
REFRESH_SECONDS = 30  # between two looks for new and changed DAG files
UNCHANGED_SECONDS = 300  # after which a DAG file is read again, whether it changed or not


def airflow_options(settings: Settings) -> dict[str, str]:
    """Options as `section.option` to text, as MWAA takes them."""
    options = {
        # Nobody outside hears of this environment: dag-factory would call home otherwise.
        "dag_factory.enable_telemetry": "False",
        "core.load_examples": "False",
        # A worker loads plugins/lake_worker.py before it forks, and that all that tasks load; else a task takes half a second
        # more (docs/fleet.md).
        "core.lazy_load_plugins": "False",
        # The one sentence of a failure is longer than a line of the log's page.
        "api.default_wrap": "True",
        # Tasks that merge name their unit's workgroup of Athena by it.
        "lake.environment": settings.lake_of or settings.env_name,
        # What was reviewed and merged runs; `paused: true` in a spec is the exception.
        "core.dags_are_paused_at_creation": "False",
        # A deployment is verified within minutes, so new files must be seen within seconds.
        "dag_processor.refresh_interval": str(REFRESH_SECONDS),
        # A file that changed is read at once. This is for what has not: 2,500 DAGs take a minute of one processor
        # (docs/fleet.md), of which the default, every 30 seconds, would leave nothing.
        "dag_processor.min_file_process_interval": str(UNCHANGED_SECONDS),
    }
    if settings.secrets_backend == "SecretsManager":
        options |= {
            "secrets.backend": "airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend",
            "secrets.backend_kwargs": json.dumps(
                {
                    "connections_prefix": CONNECTIONS_PREFIX,
                    "variables_prefix": VARIABLES_PREFIX,
                    "config_prefix": None,
                },
                sort_keys=True,
            ),
        }
    return options
