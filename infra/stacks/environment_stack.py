"""The MWAA environment: key, bucket, execution role, logs, options, and the code that it installs."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Environment
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_mwaa as mwaa
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.known_names import dag_bucket_export, publish_role_name, unit_topic_arn
from infra.parameters.deployment_settings import Settings
from infra.resources.airflow_options import airflow_options
from infra.resources.code_bundle import Bundle
from infra.resources.dag_bucket import DagBucket
from infra.resources.execution_role import ExecutionRole
from infra.resources.given_network import Network, given_network
from infra.resources.log_groups import (
    AIRFLOW_LOGS,
    airflow_log_group_name,
    airflow_log_groups_arn,
    log_group,
)
from infra.resources.published_objects import PublishedObject, PublishedObjects
from infra.resources.source_network import database_ports
from infra.resources.storage import rotating_key
from infra.stacks.platform_stack import PlatformStack


class EnvironmentStack(PlatformStack):
    """The environment, and what the other stacks name of it: `bucket`, `key`, `execution_role`, `task_logs`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        network: Network | None,
        units: Sequence[Unit],
        bundle: Bundle,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        self.key = self._key(settings)
        self.bucket = DagBucket(self, "Dags", settings=settings, key=self.key).bucket
        self.execution_role = ExecutionRole(
            self, "ExecutionRole", settings=settings, bucket=self.bucket, key=self.key, units=units
        ).role
        log_groups = {kind: self._log_group(settings, kind) for kind in AIRFLOW_LOGS}
        self.task_logs = log_groups["Task"]
        network = network or given_network(self, settings)
        objects = PublishedObjects(
            self, "Objects", bucket=self.bucket, key=self.key, role_name=publish_role_name(settings)
        )
        objects.publish(bundle.canary, "dags/")
        environment = self._environment(
            settings,
            self._security_group(network, database_ports(units)),
            network,
            objects.publish(bundle.plugins),
            objects.publish(bundle.requirements),
        )
        for group in log_groups.values():
            environment.node.add_dependency(group)
        environment.node.add_dependency(self.execution_role)
        CfnOutput(self, "AirflowUrl", value=f"https://{environment.attr_webserver_url}")
        CfnOutput(self, "DagBucketName", value=self.bucket.bucket_name)
        CfnOutput(self, "DagBucketArn", value=self.bucket.bucket_arn, export_name=dag_bucket_export(settings))

    def _key(self, settings: Settings) -> kms.IKey:
        if settings.kms_key_arn:
            return kms.Key.from_key_arn(self, "Key", settings.kms_key_arn)
        key = rotating_key(self, f"Airflow {settings.env_name}: DAGs, metadata, queue and logs")
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchLogs",
                principals=[iam.ServicePrincipal(f"logs.{self.region}.amazonaws.com")],
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                    "kms:GenerateDataKey",
                    "kms:DescribeKey",
                ],
                resources=["*"],  # in a key's own policy this is the key
                conditions={
                    "ArnLike": {"kms:EncryptionContext:aws:logs:arn": airflow_log_groups_arn(self, settings)}
                },
            )
        )
        return key

    def _key_name(self, settings: Settings) -> str:
        """The key as MWAA takes it: of a multi-Region key it knows no id, only an alias.

        https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html
        """
        if ":key/mrk-" not in (settings.kms_key_arn or ""):
            return self.key.key_arn
        alias = kms.Alias(
            self, "KeyAlias", alias_name=f"alias/{settings.env_name}-airflow", target_key=self.key
        )
        return self.format_arn(service="kms", resource=alias.alias_name)

    def _log_group(self, settings: Settings, kind: str) -> logs.LogGroup:
        """MWAA writes to these names; made here, they expire, are encrypted, and go with the stack."""
        return log_group(self, f"{kind}Logs", group_name=airflow_log_group_name(settings, kind), key=self.key)

    def _security_group(self, network: Network, databases: Sequence[tuple[str, int]]) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=network.vpc,
            description="Airflow among itself, and TLS to the world",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(group, ec2.Port.all_traffic(), "Airflow's parts among themselves")
        group.add_egress_rule(group, ec2.Port.all_traffic(), "Airflow's parts among themselves")
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "TLS to AWS and Salesforce")
        for title, port in databases:
            group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), f"{title}, which units read")
        return group

    def _environment(
        self,
        settings: Settings,
        group: ec2.SecurityGroup,
        network: Network,
        plugins: PublishedObject,
        requirements: PublishedObject,
    ) -> mwaa.CfnEnvironment:
        return mwaa.CfnEnvironment(
            self,
            "Environment",
            name=settings.env_name,
            airflow_version=settings.airflow_version,
            airflow_configuration_options={
                **airflow_options(settings),
                # Tasks find the topic of their unit by it.
                "lake.topic": unit_topic_arn(self, settings, "{unit}"),
            },
            environment_class=settings.environment_class,
            min_workers=settings.min_workers,
            max_workers=settings.max_workers,
            min_webservers=settings.min_webservers,
            max_webservers=settings.max_webservers,
            schedulers=1 if settings.environment_class == "mw1.micro" else 2,
            webserver_access_mode=settings.webserver_access_mode,
            execution_role_arn=self.execution_role.role_arn,
            kms_key=self._key_name(settings),
            source_bucket_arn=self.bucket.bucket_arn,
            dag_s3_path="dags",
            plugins_s3_path=plugins.key,
            plugins_s3_object_version=plugins.version,
            requirements_s3_path=requirements.key,
            requirements_s3_object_version=requirements.version,
            # A new plugins.zip or requirements.txt waits for the tasks that run: old workers finish theirs.
            worker_replacement_strategy="GRACEFUL",
            weekly_maintenance_window_start="SUN:03:30",
            network_configuration=mwaa.CfnEnvironment.NetworkConfigurationProperty(
                security_group_ids=[group.security_group_id],
                subnet_ids=network.subnet_ids,
            ),
            logging_configuration=_all_logs(),
            tags=dict(settings.env_tags) or None,
        )


def _all_logs() -> mwaa.CfnEnvironment.LoggingConfigurationProperty:
    """All five kinds at INFO: below it, Airflow's access and permission changes leave no trace."""
    on = mwaa.CfnEnvironment.ModuleLoggingConfigurationProperty(enabled=True, log_level="INFO")
    return mwaa.CfnEnvironment.LoggingConfigurationProperty(
        dag_processing_logs=on, scheduler_logs=on, task_logs=on, webserver_logs=on, worker_logs=on
    )
