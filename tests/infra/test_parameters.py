"""Every parameter: its default, what it takes, and the sentence that a wrong value gets."""

import re

import pytest
from botocore.session import get_session

from infra.parameters.context_reader import read_context, read_settings
from infra.parameters.contradictions import elsewhere
from infra.parameters.deployment_settings import Settings
from infra.parameters.parameter import ParameterError
from infra.parameters.parameter_table import PARAMETERS
from sandbox.rehearsal import changed_parameters
from tests.infra.sets import CONNECTION, GROUPS, INSTANCE, KEY, MANAGED_ELSEWHERE, MANAGEMENT, SETS, VPC

GROUP = "11111111-1111-1111-1111-111111111111"

SEED_DEFAULTS = {
    "vpc_id": None,
    "cidr": "172.31.0.0/16",
    "subnet_ids": (),
    "env_name": "MwaaEnvironment",
    "env_tags": (),
    "environment_class": "mw1.small",
    "max_workers": 1,
    "webserver_access_mode": "PUBLIC_ONLY",
    "secrets_backend": "Airflow",
}
OWN_DEFAULTS = {
    "airflow_version": "3.0.6",
    "egress": "NAT",
    "min_workers": 1,
    "min_webservers": 2,
    "max_webservers": 2,
    "source_provider": "CodeCommit",
    "project_repository": "mwaaproject",
    "branch": "main",
    "identity_center_instance_arn": None,
    "identity_center_groups": (),
    "kms_key_arn": None,
    "retention": (),
    "readers": (),
    "alarm_email": None,
    "require_approval": False,
    "empty_on_destroy": False,
    "termination_protection": True,
    "identity_center_account": None,
    "environment_at": None,
}


def settings(**parameters: object) -> Settings:
    return read_settings(parameters)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cdk.json cannot be read: No such file or directory"),
        ('{"context": {', "cdk.json is not JSON: Expecting property name"),
        ("[]", "cdk.json has no parameters: write"),
        ('{"context": []}', "cdk.json has no parameters: write"),
    ],
)
def test_a_file_of_parameters_that_is_none(tmp_path, text, sentence):
    path = tmp_path / "cdk.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ParameterError, match=re.escape(sentence)) as caught:
        read_context(path)
    assert "\n" not in str(caught.value)


def test_the_rehearsal_changes_every_parameter():
    groups = changed_parameters.groups(VPC, ("subnet-1", "subnet-2"))
    assert changed_parameters.changed(groups) >= {"readers", "cidr", "vpcId", "identityCenterAccount"}


@pytest.mark.parametrize(("name", "value"), (SEED_DEFAULTS | OWN_DEFAULTS).items())
def test_default(name, value):
    assert getattr(settings(), name) == value


def test_the_default_airflow_is_the_newest_that_aws_s_own_model_lists():
    """Fails when a new botocore lists more: then prove that version, and make it the default."""
    shape = get_session().get_service_model("mwaa").shape_for("CreateEnvironmentInput")
    listed = re.findall(r"\d+\.\d+\.\d+", shape.members["AirflowVersion"].documentation)
    newest = max(listed, key=lambda version: tuple(map(int, version.split("."))))
    assert settings().airflow_version == newest


@pytest.mark.parametrize(
    ("name", "given", "attribute", "value"),
    [
        ("cidr", "10.20.0.0/20", "cidr", "10.20.0.0/20"),
        ("envName", "Lake-1", "env_name", "Lake-1"),
        ("envTags", '{"Reason":"Airflow"}', "env_tags", (("Reason", "Airflow"),)),
        ("envTags", {"Reason": "Airflow"}, "env_tags", (("Reason", "Airflow"),)),
        ("environmentClass", "mw1.2xlarge", "environment_class", "mw1.2xlarge"),
        ("airflowVersion", "3.3.1", "airflow_version", "3.3.1"),
        ("maxWorkers", "25", "max_workers", 25),
        ("maxWorkers", 7, "max_workers", 7),
        ("maxWebservers", "5", "max_webservers", 5),
        ("webserverAccessMode", "PRIVATE_ONLY", "webserver_access_mode", "PRIVATE_ONLY"),
        ("secretsBackend", "SecretsManager", "secrets_backend", "SecretsManager"),
        ("sourceProvider", "CodeCommit", "source_provider", "CodeCommit"),
        ("requireApproval", "true", "require_approval", True),
        ("requireApproval", False, "require_approval", False),
        ("emptyOnDestroy", True, "empty_on_destroy", True),
        ("alarmEmail", "", "alarm_email", None),
        ("kmsKeyArn", KEY, "kms_key_arn", KEY),
        ("retention", {"sales": 30, "finance": "90"}, "retention", (("finance", 90), ("sales", 30))),
        (
            "readers",
            {"finance": ["arn:aws:iam::123456789012:role/analysts"]},
            "readers",
            (("finance", ("arn:aws:iam::123456789012:role/analysts",)),),
        ),
        ("branch", "release/2.x", "branch", "release/2.x"),
        ("cidr", "100.64.0.0/20", "cidr", "100.64.0.0/20"),
        (
            "envTags",
            {"Kostenträger": "Vertrieb & Co".replace("&", "+")},
            "env_tags",
            (("Kostenträger", "Vertrieb + Co"),),
        ),
        ("envTags", {"k" * 128: "v" * 256}, "env_tags", (("k" * 128, "v" * 256),)),
    ],
)
def test_given(name, given, attribute, value):
    assert getattr(settings(**{name: given}), attribute) == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("vpcId", "vpc1"),
        ("cidr", "10.0.0.0"),
        ("cidr", "10.0.0.0/28"),
        ("cidr", "10.0.0.1/16"),
        ("cidr", "8.8.0.0/16"),
        ("cidr", "172.32.0.0/16"),
        ("cidr", "169.254.0.0/16"),
        ("cidr", "fd00::/16"),
        ("subnetIds", "subnet-1"),
        ("egress", "IGW"),
        ("envName", "1st"),
        ("envName", "a" * 33),
        ("envTags", "Environment=MyEnv"),
        ("envTags", '{"Environment": 1}'),
        ("envTags", {"aws:team": "lake"}),
        ("envTags", {"AWS:team": "lake"}),
        ("envTags", {"k" * 129: "v"}),
        ("envTags", {"k": "v" * 257}),
        ("envTags", {"": "v"}),
        ("envTags", {"k": ""}),
        ("envTags", {"team": "R&D"}),
        ("envTags", {"team": "a\nb"}),
        ("envTags", {"Team": "a", "team": "b"}),
        ("envTags", {" team": "a"}),
        ("envTags", {"team": "a "}),
        ("envTags", {" ": "a"}),
        ("environmentAt", "123456789012/moon-north-1"),
        ("alarmEmail", "a@example,com.org"),
        ("alarmEmail", "<lake@example.com>"),
        ("envTags", '{"team": "a", "team": "b"}'),
        ("envTags", {f"tag{number}": "v" for number in range(51)}),
        ("envTags", ["team"]),
        ("environmentClass", "mw1.tiny"),
        ("airflowVersion", "2.4.3"),
        ("minWorkers", "none"),
        ("maxWorkers", "0"),
        ("maxWorkers", "1.5"),
        ("maxWorkers", True),
        ("maxWorkers", "1_0"),
        ("maxWorkers", "٣"),
        ("maxWorkers", 2.0),
        ("maxWorkers", "26"),
        ("minWebservers", "6"),
        ("maxWebservers", "9"),
        ("webserverAccessMode", "PUBLIC"),
        ("secretsBackend", "Vault"),
        ("sourceProvider", "GitHub"),
        ("repositoryHost", "example.com"),
        ("identityCenterInstanceArn", "ssoins-1"),
        ("identityCenterGroups", '{"Root":"x"}'),
        ("identityCenterGroups", {"Viewer": "lake-readers"}),
        ("identityCenterInstanceArn", "arn:aws:sso::123456789012:instance/ssoins-1234567890abcdef"),
        ("kmsKeyArn", "alias/airflow"),
        ("alarmEmail", "nobody"),
        ("retention", "90"),
        ("retention", {"finance": 0}),
        ("retention", {"finance": "90 days"}),
        ("retention", {"finance": True}),
        ("retention", '{"finance": 90, "finance": 30}'),
        ("readers", {"finance": "arn:aws:iam::123456789012:role/analysts"}),
        ("readers", {"finance": []}),
        ("readers", {"finance": ["analysts"]}),
        ("readers", {"finance": ["*"]}),
        ("requireApproval", "yes"),
        ("terminationProtection", "on"),
        ("identityCenterAccount", "12345"),
        ("identityCenterAccount", 210987654321),
        ("environmentAt", "123456789012"),
        ("environmentAt", "eu-west-1"),
        ("emptyOnDestroy", "1"),
        ("platformReviewers", "finance"),
        ("platformReviewers", "@acme/finance,"),
        ("platformReviewers", "@acme/*"),
        ("platformReviewers", "*@example.com"),
        ("projectRepository", "a b"),
        ("projectRepository", "a.git"),
        ("projectRepository", "https://github.com/a/b"),
        ("projectRepository", "a" * 101),
        ("provisioningRepository", "größe"),
        *(
            ("branch", name)
            for name in (
                "main branch",
                "refs/heads/main",
                "HEAD",
                "-main",
                "/main",
                "main/",
                "main.",
                "a..b",
                "a//b",
                "a/.b",
                "main.lock",
                "a.lock/b",
                "a~1",
                "a^",
                "a:b",
                "a?",
                "a*",
                "a[b",
                "a@{b",
                "b" * 201,
            )
        ),
    ],
)
def test_wrong_value_names_parameter_value_and_what_is_valid(name, given):
    valid = next(parameter.valid for parameter in PARAMETERS if parameter.name == name)
    with pytest.raises(ParameterError, match=r"^parameter ") as caught:
        settings(**{name: given})
    assert str(caught.value) == f"parameter {name}: got {given!r}; valid: {valid}"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"minWorkers": "3"}, "parameter minWorkers: got 3; valid: at most maxWorkers, which is 1"),
        (
            {"minWebservers": "4", "maxWebservers": "3"},
            "parameter minWebservers: got 4; valid: at most maxWebservers, which is 3",
        ),
        (
            {"minWebservers": "1"},
            "parameter minWebservers: got 1; valid: from 2 to 5 with environmentClass mw1.small",
        ),
        (
            {"environmentClass": "mw1.micro", "maxWorkers": "2"},
            "parameter maxWorkers: got 2; valid: 1 with environmentClass mw1.micro",
        ),
        (
            {"environmentClass": "mw1.micro", "minWebservers": "2"},
            "parameter minWebservers: got 2; valid: 1 with environmentClass mw1.micro",
        ),
        (
            {"environmentClass": "mw1.micro", "minWebservers": "2", "maxWebservers": "2"},
            "parameter minWebservers: got 2; valid: 1 with environmentClass mw1.micro",
        ),
        (
            {"environmentClass": "mw1.micro", "minWorkers": "2", "maxWorkers": "2"},
            "parameter minWorkers: got 2; valid: 1 with environmentClass mw1.micro",
        ),
        (
            {"maxWebservers": "1"},
            "parameter maxWebservers: got 1; valid: from 2 to 5 with environmentClass mw1.small",
        ),
        (
            {"vpcId": VPC, "subnetIds": "subnet-0aaaaaaa,subnet-0aaaaaaa"},
            "parameter subnetIds: got 'subnet-0aaaaaaa,subnet-0aaaaaaa'; valid: exactly two subnets, in two zones",
        ),
        (
            {"projectRepository": "lake", "provisioningRepository": "lake"},
            (
                "parameter provisioningRepository: got 'lake'; valid: another repository than projectRepository: who may "
                "change a spec may not change the platform"
            ),
        ),
        (
            {
                "sourceProvider": CONNECTION,
                "projectRepository": "acme/lake",
                "provisioningRepository": "Acme/Lake",
            },
            (
                "parameter provisioningRepository: got 'Acme/Lake'; valid: another repository than projectRepository: who may "
                "change a spec may not change the platform"
            ),
        ),
        (
            {"vpcId": VPC, "cidr": "10.20.0.0/16"},
            "parameter cidr: got '10.20.0.0/16'; valid: left out together with vpcId, whose range it would not change",
        ),
        (
            {
                "sourceProvider": CONNECTION,
                "projectRepository": "acme/lake",
                "provisioningRepository": "acme/platform",
                "platformReviewers": "@acme/lake-platform",
            },
            (
                "parameter platformReviewers: got '@acme/lake-platform'; valid: left out with a connection as sourceProvider: "
                "GitHub and GitLab ask by CODEOWNERS"
            ),
        ),
        (
            {"lakeOf": "mwaaenvironment"},
            "parameter lakeOf: got 'mwaaenvironment'; valid: the envName of another environment",
        ),
        (
            {"envName": "Green", "lakeOf": "Lake", "successor": "Other"},
            "parameter successor: got 'Other'; valid: a parameter of Lake, which has the lake",
        ),
        (
            {"envName": "Green", "lakeOf": "Lake", "retention": {"finance": 90}},
            "parameter retention: got {'finance': 90}; valid: a parameter of Lake, which has the lake",
        ),
        (
            {"projectRepository": "acme/lake"},
            "parameter projectRepository: got 'acme/lake'; valid: a name without a slash when sourceProvider is CodeCommit",
        ),
        (
            {
                "sourceProvider": CONNECTION,
                "projectRepository": "acme/lake/specs",
                "provisioningRepository": "acme/platform",
            },
            (
                "parameter projectRepository: got 'acme/lake/specs'; valid: owner/name, without a group between them, at "
                "github.com"
            ),
        ),
        (
            {"reviewTokenSecret": "lake/review"},
            (
                "parameter reviewTokenSecret: got 'lake/review'; valid: together with a connection as sourceProvider; "
                "CodeCommit needs none"
            ),
        ),
        (
            {"repositoryHost": "gitlab.com"},
            (
                "parameter repositoryHost: got 'gitlab.com'; valid: together with a connection as sourceProvider; CodeCommit "
                "needs none"
            ),
        ),
        (
            {"environmentClass": "mw1.micro", "maxWebservers": "2"},
            "parameter maxWebservers: got 2; valid: 1 with environmentClass mw1.micro",
        ),
        (
            {"subnetIds": "subnet-0aaaaaaa,subnet-0bbbbbbb"},
            "parameter subnetIds: got 'subnet-0aaaaaaa,subnet-0bbbbbbb'; valid: together with vpcId, the VPC that they lie in",
        ),
        (
            {"vpcId": VPC, "subnetIds": "subnet-0aaaaaaa"},
            "parameter subnetIds: got 'subnet-0aaaaaaa'; valid: exactly two subnets, in two zones",
        ),
        (
            {"sourceProvider": CONNECTION},
            "parameter projectRepository: got 'mwaaproject'; valid: owner/name when sourceProvider is a connection",
        ),
        (
            {"sourceProvider": CONNECTION, "projectRepository": "a/b"},
            "parameter provisioningRepository: got 'mwaaprovisioning'; valid: owner/name when sourceProvider is a connection",
        ),
        (
            {"identityCenterGroups": {"Admin": GROUP}},
            f"parameter identityCenterGroups: got {{'Admin': '{GROUP}'}}; valid: together with identityCenterInstanceArn",
        ),
        (
            {"identityCenterAccount": MANAGEMENT},
            (
                f"parameter identityCenterAccount: got '{MANAGEMENT}'; valid: together with identityCenterInstanceArn and "
                "environmentAt"
            ),
        ),
        (
            {**MANAGED_ELSEWHERE, "environmentAt": f"{MANAGEMENT}/eu-west-1"},
            (
                f"parameter identityCenterAccount: got '{MANAGEMENT}'; valid: another account than that of environmentAt; "
                "leave it out when it is the same"
            ),
        ),
        ({"envname": "Lake"}, "parameter envname: there is none of this name; did you mean envName?"),
    ],
)
def test_contradictions(parameters, sentence):
    with pytest.raises(ParameterError, match=r"^parameter ") as caught:
        settings(**parameters)
    assert str(caught.value) == sentence


ODD = (
    *([], {}, [None], ["a"], {"a": None}, {"a": []}, [["a"]], {1: 2}, {"dev": {}, "prod": {}}),
    *(0, 1, -1, 1.5, float("nan"), 10**400, True, "null", "{}", "[]", "[1]", "{", "1e3", "TRUE"),
    *("x" * 5000, " ", "\n", "main\n", "\0", "é", ",", "10.20.0.0/16\n", "subnet-0aaaaaaa,", "a@b.c\n"),
)


@pytest.mark.parametrize("name", [parameter.name for parameter in PARAMETERS])
def test_whatever_is_written_is_taken_or_refused_in_one_line_that_names_it(name):
    refused = []
    for given in ODD:
        try:
            settings(**{name: given})
        except ParameterError as error:
            refused.append(str(error))
    assert [
        told for told in refused if not re.fullmatch(rf"parameter ({name}|envName): got .*; valid: .*", told)
    ] == []


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ParameterError, match=r"there is none of this name; valid: vpcId, cidr, subnetIds"):
        settings(zzz="1")


def test_every_parameter_is_given_in_a_set_that_is_synthesised():
    """What no set changes, no template shows."""
    given = {name for parameters in SETS for name in parameters.parameters}
    given |= {"environments", "environment", "at"}  # of the two environments of `test_environments.py`
    assert {parameter.name for parameter in PARAMETERS} - given == set()


def test_the_cdk_may_keep_its_own_context():
    own = {"@aws-cdk/core:x": True, "aws:cdk:enable-path-metadata": True, "vpc-provider:account=1": {}}
    assert settings(**own) == settings()


def test_the_small_class_has_one_web_server():
    assert settings(environmentClass="mw1.micro").max_webservers == 1


def test_identity_center():
    given = settings(identityCenterInstanceArn=INSTANCE, identityCenterGroups=GROUPS)
    assert given.identity_center_groups == (("Admin", GROUP.replace("1", "2")), ("Viewer", GROUP))


@pytest.mark.parametrize(("own", "most"), [({}, 47), ({"vpcId": VPC}, 49)])
def test_the_tags_of_the_cdk_count_as_well(own, most):
    """A subnet has three of the CDK's own, a bucket that is emptied one."""
    tags = {f"tag{number}": "v" for number in range(most)}
    assert len(settings(envTags=tags, **own).env_tags) == most
    with pytest.raises(
        ParameterError, match=rf"^parameter envTags: got .*; valid: at most {most} tags: AWS takes 50"
    ):
        settings(envTags={**tags, "more": "v"}, **own)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"kmsKeyArn": KEY.replace("eu-west-1", "eu-west-3")},
            "valid: a key of account 123456789012 in eu-west-1",
        ),
        (
            {"kmsKeyArn": KEY.replace("123456789012", "210987654321")},
            "valid: a key of account 123456789012 in eu-west-1",
        ),
        (
            {"environmentAt": "123456789012/eu-west-3"},
            "valid: where your credentials and AWS_REGION lead, which is 123456789012/eu-west-1",
        ),
        (
            {
                "sourceProvider": CONNECTION.replace("eu-west-1", "us-east-1"),
                "projectRepository": "acme/specs",
                "provisioningRepository": "acme/platform",
            },
            "valid: a connection of account 123456789012 in eu-west-1, where the environment is deployed",
        ),
    ],
)
def test_what_lies_elsewhere(parameters, sentence):
    [(name, given, valid)] = elsewhere(settings(**parameters), "123456789012", "eu-west-1")
    assert given == parameters[name]
    assert f"valid: {valid}".startswith(sentence)


@pytest.mark.parametrize(
    "parameters",
    [
        {"kmsKeyArn": KEY.replace("arn:aws:", "arn:aws-cn:")},
        {
            "sourceProvider": CONNECTION.replace("arn:aws:", "arn:aws-us-gov:"),
            "projectRepository": "acme/specs",
            "provisioningRepository": "acme/platform",
        },
        {"identityCenterInstanceArn": INSTANCE.replace("arn:aws:", "arn:aws-cn:")},
    ],
)
def test_an_arn_of_another_partition(parameters):
    [(name, given, valid)] = elsewhere(settings(**parameters), "123456789012", "eu-west-1")
    assert given == parameters[name]
    assert valid == "an ARN that begins with arn:aws:, as those of eu-west-1 do"


def test_a_reader_of_another_partition():
    readers = {"finance": ["arn:aws:iam::123456789012:role/a", "arn:aws-cn:iam::123456789012:role/b"]}
    [(name, given, _)] = elsewhere(settings(readers=readers), "123456789012", "eu-west-1")
    assert (name, given) == ("readers", "arn:aws-cn:iam::123456789012:role/b")


def test_an_arn_of_china_in_china():
    readers = {"finance": ["arn:aws-cn:iam::123456789012:role/b"]}
    assert list(elsewhere(settings(readers=readers), "123456789012", "cn-north-1")) == []


def test_what_lies_here():
    assert list(elsewhere(settings(kmsKeyArn=KEY), "123456789012", "eu-west-1")) == []
