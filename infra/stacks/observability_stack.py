"""What reports that something is wrong: alarms, the topic that they go to, and a dashboard."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Environment
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.delivery.delivery_pipeline import Pipeline
from infra.parameters.deployment_settings import Settings
from infra.resources.log_groups import airflow_log_group_name
from infra.resources.notice_topic import notice_topic
from infra.resources.storage import rotating_key
from infra.stacks.environment_stack import EnvironmentStack
from infra.stacks.platform_stack import PlatformStack

_FIVE_MINUTES = Duration.minutes(5)
_ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_BAD = cloudwatch.TreatMissingData.BREACHING
# How the runtime names a limit that is used up, the org's or a unit's share, and what Salesforce answers.
_QUOTA = '?QuotaError ?REQUEST_LIMIT_EXCEEDED ?"A limit of the org is used up"'


class ObservabilityStack(PlatformStack):
    """Alarms on the scheduler's heartbeat, failed tasks, files that cannot be imported, failed pipelines and Salesforce's quota."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        environment: EnvironmentStack,
        pipelines: Sequence[Pipeline],
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        self._settings = settings
        key = rotating_key(self, "Alarms")
        self._topic = notice_topic(self, settings, key=key, publishers=("cloudwatch", "events"))
        heartbeat = self._airflow("SchedulerHeartbeat", {"Function": "Scheduler"})
        failures = self._airflow("TaskInstanceFailures", {"DAG": "All", "Task": "All"})
        imports = self._airflow("ImportErrors", {"Function": "DAG Processing"}, statistic="Maximum")
        quota = self._quota_metric(environment)
        self._alarm("SchedulerHeartbeat", heartbeat, threshold=1, comparison=_BELOW, periods=3, silence=_BAD)
        self._alarm("FailedTasks", failures)
        # Two periods: while a release is deployed, a file may fail for a moment.
        self._alarm("ImportErrors", imports, periods=2)
        self._alarm("SalesforceQuota", quota)
        failed = {pipeline.pipeline_name: self._pipeline_metric(pipeline) for pipeline in pipelines}
        for pipeline_name, metric in failed.items():
            self._alarm(f"Failed{pipeline_name}", metric)
        self._dashboard(heartbeat, failures, imports, quota, list(failed.values()))

    def _airflow(
        self, metric: str, dimensions: Mapping[str, str], statistic: str = "Sum"
    ) -> cloudwatch.Metric:
        """A metric that Airflow emits on MWAA: https://docs.aws.amazon.com/mwaa/latest/userguide/access-metrics-cw.html."""
        return cloudwatch.Metric(
            namespace="AmazonMWAA",
            metric_name=metric,
            dimensions_map={"Environment": self._settings.env_name, **dimensions},
            statistic=statistic,
            period=_FIVE_MINUTES,
        )

    def _quota_metric(self, environment: EnvironmentStack) -> cloudwatch.Metric:
        logs.CfnMetricFilter(
            self,
            "QuotaErrors",
            log_group_name=airflow_log_group_name(self._settings, "Task"),
            filter_pattern=_QUOTA,
            metric_transformations=[
                logs.CfnMetricFilter.MetricTransformationProperty(
                    metric_namespace=self._settings.env_name, metric_name="SalesforceQuota", metric_value="1"
                )
            ],
        )
        self.add_stack_dependency(environment)
        return cloudwatch.Metric(
            namespace=self._settings.env_name,
            metric_name="SalesforceQuota",
            statistic="Sum",
            period=_FIVE_MINUTES,
        )

    def _pipeline_metric(self, pipeline: Pipeline) -> cloudwatch.Metric:
        """CodePipeline has no metric of failures in every region, so EventBridge counts what it says of them."""
        rule = events.CfnRule(
            self,
            f"{pipeline.pipeline_name}Failed",
            name=f"{pipeline.pipeline_name}-failed",
            description=f"{pipeline.pipeline_name} failed",
            event_pattern={
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Pipeline Execution State Change"],
                "detail": {"pipeline": [pipeline.pipeline_name], "state": ["FAILED"]},
            },
            targets=[events.CfnRule.TargetProperty(id="Notices", arn=self._topic.topic_arn)],
        )
        return cloudwatch.Metric(
            namespace="AWS/Events",
            metric_name="TriggeredRules",
            dimensions_map={"RuleName": str(rule.name)},
            statistic="Sum",
            period=_FIVE_MINUTES,
        )

    def _alarm(
        self,
        name: str,
        metric: cloudwatch.Metric,
        *,
        threshold: int = 0,
        comparison: cloudwatch.ComparisonOperator = _ABOVE,
        periods: int = 1,
        silence: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._settings.env_name}-{name}",
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=periods,
            treat_missing_data=silence,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        alarm.add_ok_action(actions.SnsAction(self._topic))

    def _dashboard(
        self,
        heartbeat: cloudwatch.Metric,
        failures: cloudwatch.Metric,
        imports: cloudwatch.Metric,
        quota: cloudwatch.Metric,
        pipelines: Sequence[cloudwatch.Metric],
    ) -> None:
        finished = self._airflow("TaskInstanceSuccesses", {"DAG": "All", "Task": "All"})
        running = self._airflow("RunningTasks", {"Function": "Executor"})
        queued = self._airflow("QueuedTasks", {"Function": "Executor"})
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=self._settings.env_name,
            widgets=[
                [
                    cloudwatch.GraphWidget(title="Scheduler heartbeat", left=[heartbeat]),
                    cloudwatch.GraphWidget(title="Tasks", left=[finished, failures, imports]),
                ],
                [
                    cloudwatch.GraphWidget(title="Load", left=[running, queued]),
                    cloudwatch.GraphWidget(
                        title="Salesforce quota errors, failed pipelines", left=[quota, *pipelines]
                    ),
                ],
            ],
        )
