"""Where the environment runs: two private subnets in two zones, of a new VPC or of the given one."""

from collections.abc import Sequence

from aws_cdk import Environment
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.business_unit import Unit
from infra.parameters.deployment_settings import Settings
from infra.resources.endpoints import ENDPOINTS
from infra.resources.given_network import Network, two_private_subnets
from infra.resources.log_groups import log_group
from infra.resources.source_network import interfaces, read_dynamodb
from infra.stacks.platform_stack import PlatformStack


class NetworkStack(PlatformStack):
    """A new VPC, with flow logs, as `network`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        units: Sequence[Unit] = (),
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        vpc = self._new_vpc(settings, interfaces(units))
        if read_dynamodb(units):
            vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        self.network = Network(vpc, two_private_subnets(vpc))

    def _new_vpc(self, settings: Settings, sources: Sequence[str]) -> ec2.Vpc:
        nat = settings.egress == "NAT"
        private = ec2.SubnetType.PRIVATE_WITH_EGRESS if nat else ec2.SubnetType.PRIVATE_ISOLATED
        public = [
            ec2.SubnetConfiguration(
                name="public", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
            )
        ]
        vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(settings.cidr),
            max_azs=2,
            nat_gateways=1 if nat else 0,
            subnet_configuration=[
                *(public if nat else []),
                ec2.SubnetConfiguration(name="private", subnet_type=private),
            ],
            # Nothing uses the default security group; emptying it would need a function with rights on all groups.
            restrict_default_security_group=False,
        )
        vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        if not nat:
            self._add_endpoints(vpc, settings.cidr, (*ENDPOINTS, *sources))
        self._log_flows(vpc)
        return vpc

    def _add_endpoints(self, vpc: ec2.Vpc, cidr: str, services: Sequence[str]) -> None:
        group = ec2.SecurityGroup(
            self, "Endpoints", vpc=vpc, description="TLS from the VPC to AWS", allow_all_outbound=False
        )
        group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), "TLS from within the VPC")
        for service in services:
            vpc.add_interface_endpoint(
                service.title().replace(".", ""),
                service=ec2.InterfaceVpcEndpointAwsService(service),
                security_groups=[group],
                open=False,
            )

    def _log_flows(self, vpc: ec2.Vpc) -> None:
        flows = log_group(self, "FlowLogs")
        vpc.add_flow_log("Flows", destination=ec2.FlowLogDestination.to_cloud_watch_logs(flows))
