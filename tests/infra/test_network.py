"""Where the environment runs: a new VPC, or the given one."""

from dataclasses import replace

from infra.business_unit import Unit
from infra.resources.source_network import interfaces
from tests.infra.templates import environment, only


def test_a_new_vpc_has_two_zones_one_nat_and_flow_logs(defaults):
    subnets = [s.properties for s in defaults.resources("AWS::EC2::Subnet")]
    assert len(subnets) == 4
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    assert only(defaults, "AWS::EC2::VPC").properties["CidrBlock"] == "172.31.0.0/16"
    assert only(defaults, "AWS::EC2::FlowLog").properties["TrafficType"] == "ALL"
    assert len(list(defaults.resources("AWS::EC2::NatGateway"))) == 1
    assert len(environment(defaults)["NetworkConfiguration"]["SubnetIds"]) == 2


def test_endpoints_instead_of_nat(assemblies):
    private = assemblies["private"]
    assert not list(private.resources("AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"))
    names = [private.text(e.properties["ServiceName"]) for e in private.resources("AWS::EC2::VPCEndpoint")]
    services = {name.rpartition("<Region>.")[2] for name in names}
    assert services == {
        *(
            "airflow.api",
            "airflow.env",
            "athena",
            "ecr.api",
            "ecr.dkr",
            "glue",
            "kms",
            "logs",
            "monitoring",
            "s3",
        ),
        *("secretsmanager", "sns", "sqs", "sts"),
    }
    assert environment(private)["WebserverAccessMode"] == "PRIVATE_ONLY"
    assert only(private, "AWS::EC2::VPC").properties["CidrBlock"] == "10.20.0.0/16"


def test_dynamodb_is_reached_from_within_the_vpc_where_a_unit_reads_it(assemblies, defaults):
    """A gateway endpoint costs nothing; the units of this repository read DynamoDB, those of the other sets do not."""
    found = {}
    for name, assembly in (("repository", assemblies["repository"]), ("defaults", defaults)):
        endpoints = assembly.resources("AWS::EC2::VPCEndpoint")
        found[name] = {
            assembly.text(one.properties["ServiceName"]).rpartition("<Region>.")[2] for one in endpoints
        }
    assert found == {"repository": {"s3", "dynamodb"}, "defaults": {"s3"}}


def test_a_vpc_without_a_way_out_reaches_the_data_api_where_a_unit_reads_redshift():
    finance = Unit("finance", "finance", (None,), "finance", "aws_finance", (), ("redshift",))
    assert interfaces([finance]) == ("redshift-data",)
    assert interfaces([replace(finance, sources=("salesforce",))]) == ()


def test_a_given_vpc_is_used_and_none_is_made(assemblies):
    given = assemblies["given-vpc"]
    assert "network" not in given.templates
    assert not list(given.resources("AWS::EC2::VPC"))
    subnets = environment(given)["NetworkConfiguration"]["SubnetIds"]
    assert subnets == ["subnet-0" + "1" * 16, "subnet-0" + "2" * 16]


def test_given_subnets_are_used(assemblies):
    subnets = environment(assemblies["given-subnets"])["NetworkConfiguration"]["SubnetIds"]
    assert subnets == ["subnet-0" + "3" * 16, "subnet-0" + "2" * 16]
