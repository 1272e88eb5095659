"""A topic for each unit, its subscriber, who may send to it, and how Airflow's tasks find it."""

from tests.infra.templates import listed, statements


def topics(assembly):
    return {
        t.properties["TopicName"]: t for t in assembly.resources("AWS::SNS::Topic") if t.stack == "notices"
    }


def test_each_unit_has_a_topic_that_is_encrypted_with_the_lake_s_key_and_takes_tls_only(defaults):
    found = topics(defaults)
    assert sorted(found) == ["MwaaEnvironment-finance-notices", "MwaaEnvironment-sales-notices"]
    for topic in found.values():
        assert defaults.text(topic.properties["KmsMasterKeyId"]).startswith("<Key")
        [policy] = [
            p
            for p in defaults.resources("AWS::SNS::TopicPolicy")
            if p.properties["Topics"] == [{"Ref": topic.logical_id}]
        ]
        [statement] = policy.properties["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Condition"]) == (
            "Deny",
            {"Bool": {"aws:SecureTransport": "false"}},
        )


def test_the_contact_is_subscribed_where_it_is_an_address_of_e_mail(defaults):
    """The other unit of the small platform has a contact that is none."""
    [subscription] = [s for s in defaults.resources("AWS::SNS::Subscription") if s.stack == "notices"]
    assert subscription.properties["Endpoint"] == "finance@example.com"
    assert subscription.properties["Protocol"] == "email"
    topic = topics(defaults)["MwaaEnvironment-finance-notices"]
    assert subscription.properties["TopicArn"] == {"Ref": topic.logical_id}


def test_a_writer_sends_to_the_topic_of_its_unit_and_to_no_other(defaults):
    for unit in ("finance", "sales"):
        [right] = [s for s in statements(defaults, f"Writer{unit}") if "sns:Publish" in listed(s["Action"])]
        assert [defaults.text(arn) for arn in listed(right["Resource"])] == [
            f"arn:<Partition>:sns:<Region>:<AccountId>:MwaaEnvironment-{unit}-notices"
        ]


def test_airflow_is_told_the_name_of_the_topics(assemblies):
    """Also that of an environment that takes over, which sends to those of the environment whose lake it writes."""
    for name, lake in (("defaults", "MwaaEnvironment"), ("given-subnets", "Lake")):
        assembly = assemblies[name]
        [environment] = assembly.resources("AWS::MWAA::Environment")
        options = environment.properties["AirflowConfigurationOptions"]
        assert assembly.text(options["lake.topic"]).endswith(f":{lake}-{{unit}}-notices")
        assert options["lake.environment"] == lake
    assert not topics(assemblies["given-subnets"])


def test_workers_without_a_way_out_reach_the_topics(assemblies):
    endpoints = {
        assemblies["private"].text(e.properties["ServiceName"])
        for e in assemblies["private"].resources("AWS::EC2::VPCEndpoint")
    }
    assert {name for name in endpoints if name.endswith((".sns", ".athena"))} == {
        "com.amazonaws.<Region>.sns",
        "com.amazonaws.<Region>.athena",
    }
