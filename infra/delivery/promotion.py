"""The stages of the project pipeline that are of the second environment: each becomes one role there, and may do nothing else."""

from collections.abc import Mapping

from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.delivery.build_project import Build, BuildProject
from infra.grants.become import let_become
from infra.grants.environment_rights import EnvironmentRights
from infra.grants.known_names import promoting_role_name, variables_of
from infra.parameters.deployment_settings import Place, Settings


class Promotion(Construct):
    """`proven` are the rights on the first environment, which is asked what it was seen to show."""

    def __init__(
        self, scope: Construct, *, settings: Settings, place: Place, key: kms.IKey, proven: EnvironmentRights
    ) -> None:
        super().__init__(scope, "Promotion")
        self._settings = settings
        self._place = place
        self._key = key
        self._proven = proven

    def compare(self) -> BuildProject:
        """What a promotion would change, for whoever decides on it."""
        return self._promote("compare", "shows what a promotion would change", {})

    def deploy(self) -> BuildProject:
        """The promotion."""
        return self._promote("deploy", "makes dags/ hold what was verified", {"PROMOTE_OPTIONS": "--apply"})

    def conclude(self, seconds: int, patience: int) -> BuildProject:
        """Verify, in the second environment."""
        variables = {"VERIFY_SECONDS": str(seconds), "VERIFY_PATIENCE": str(patience)}
        return self._project("verify", "verify.yml", "waits until Airflow shows what was promoted", variables)

    def _promote(self, kind: str, description: str, variables: Mapping[str, str]) -> BuildProject:
        project = self._project(
            kind,
            "promote.yml",
            description,
            {
                **variables,
                "DAG_BUCKET": self._proven.bucket.bucket_name,
                "PROVEN_IN": str(self._settings.environment),
            },
        )
        self._proven.read_dags(project.role)
        return project

    def _project(self, kind: str, spec: str, description: str, variables: Mapping[str, str]) -> BuildProject:
        build = Build(
            f"Promoted{kind.title()}",
            spec,
            f"{description} in {self._place.name}",
            variables={**variables, **variables_of(self, self._place, kind)},
            role_name=promoting_role_name(self._settings.env_name, kind),
        )
        project = BuildProject(self, build=build, key=self._key)
        let_become(project.role, self._place, kind)
        return project
