"""What is alarmed and shown."""

import json

from tests.infra.templates import only


def test_what_is_alarmed(defaults):
    alarms = {a.properties["AlarmName"]: a.properties for a in defaults.resources("AWS::CloudWatch::Alarm")}
    assert sorted(alarms) == [
        "MwaaEnvironment-FailedMwaaEnvironment-project",
        "MwaaEnvironment-FailedMwaaEnvironment-provisioning",
        "MwaaEnvironment-FailedTasks",
        "MwaaEnvironment-ImportErrors",
        "MwaaEnvironment-SalesforceQuota",
        "MwaaEnvironment-SchedulerHeartbeat",
    ]
    heartbeat = alarms["MwaaEnvironment-SchedulerHeartbeat"]
    assert heartbeat["TreatMissingData"] == "breaching"
    assert heartbeat["ComparisonOperator"] == "LessThanThreshold"
    imports = alarms["MwaaEnvironment-ImportErrors"]
    assert (imports["Statistic"], imports["EvaluationPeriods"]) == ("Maximum", 2)
    assert {"Name": "Function", "Value": "DAG Processing"} in imports["Dimensions"]
    assert all(alarm["AlarmActions"] for alarm in alarms.values())


def test_a_quota_error_in_a_task_log_is_counted(defaults):
    found = only(defaults, "AWS::Logs::MetricFilter").properties
    assert found["LogGroupName"] == "airflow-MwaaEnvironment-Task"
    assert "QuotaError" in found["FilterPattern"]


def test_the_dashboard_shows_what_is_alarmed_and_the_load(defaults):
    properties = only(defaults, "AWS::CloudWatch::Dashboard").properties
    assert properties["DashboardName"] == "MwaaEnvironment"
    shown = {
        line["metricName"] if isinstance(line, dict) else line[1]
        for widget in json.loads(defaults.text(properties["DashboardBody"]))["widgets"]
        for line in widget["properties"]["metrics"]
    }
    assert shown == {
        *(
            "SchedulerHeartbeat",
            "TaskInstanceSuccesses",
            "TaskInstanceFailures",
            "ImportErrors",
            "RunningTasks",
        ),
        *("QueuedTasks", "SalesforceQuota", "TriggeredRules"),
    }


def test_every_alarm_s_metric_is_made_here_or_by_mwaa_or_by_eventbridge(defaults):
    """A metric that nobody emits is an alarm that never rings."""
    for alarm in defaults.resources("AWS::CloudWatch::Alarm"):
        metric = (alarm.properties["Namespace"], alarm.properties["MetricName"])
        made = {
            (m["MetricNamespace"], m["MetricName"])
            for f in defaults.resources("AWS::Logs::MetricFilter")
            for m in f.properties["MetricTransformations"]
        }
        rules = {r.properties.get("Name") for r in defaults.resources("AWS::Events::Rule")}
        if metric == ("AWS/Events", "TriggeredRules"):
            assert alarm.properties["Dimensions"][0]["Value"] in rules
        else:
            assert metric in made or metric[0] == "AmazonMWAA"
