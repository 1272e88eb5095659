"""The table of the platform's parameters: docs/deploy.md shows it, `infra.parameters.deployment_settings` reads by it."""

from infra.parameters.parameter import (
    Parameter,
    days,
    integer,
    listed,
    lists,
    matching,
    one_of,
    place,
    private_network,
    switch,
    text_map,
    two_objects,
)

ENVIRONMENT_CLASSES = ("mw1.micro", "mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge")
# The first is the default: the newest that the published model of MWAA's API lists.
AIRFLOW_VERSIONS = ("3.0.6", "3.3.1")
AIRFLOW_ROLES = ("Viewer", "User", "Op", "Admin")

_VPC = r"vpc-[0-9a-f]{8,17}"
_SUBNET = r"subnet-[0-9a-f]{8,17}"
_REPOSITORY = r"(?!.*\.git$)[\w.-]{1,100}(/[\w.-]{1,100})*"
# As in factory/schema/unit.schema.json.
_REVIEWER = r"@[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*|[^@#\s,*?]+@[^@#\s,*?]+"
# https://git-scm.com/docs/git-check-ref-format, in the characters that CodePipeline takes.
_BRANCH = r"(?!-|HEAD$|refs/|.*(\.\.|//|/\.|\.lock(/|$)))[\w#+=%,-][\w#+=%,./-]{0,199}(?<![./])"
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html, without what IAM refuses.
_TAG = r"[\w .:/=+\-@]"
_CONNECTION = r"arn:aws[\w-]*:code(connections|star-connections):[a-z0-9-]+:\d{12}:connection/[0-9a-f-]{36}"
_KEY = r"arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key/([0-9a-f-]{36}|mrk-[0-9a-f]{32})"
_INSTANCE = r"arn:aws[\w-]*:sso:::instance/(sso)?ins-[0-9a-zA-Z]{16}"
_PRINCIPAL = r"arn:aws[\w-]*:iam::\d{12}:(role|user)/[\w+=,.@/*-]{1,512}"
# https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Group.html
_GROUP = r"([0-9a-f]{10}-)?[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"

_ENV_NAME = r"[a-zA-Z][0-9a-zA-Z_-]{0,31}"
_ENVIRONMENT = r"[a-z][a-z0-9_-]{0,30}"

PARAMETERS = (
    Parameter(
        "vpcId",
        matching(_VPC),
        "a VPC id such as vpc-0a1b2c3d4e5f67890",
        None,
        "VPC to deploy into; without it a new one is made from `cidr`",
    ),
    Parameter(
        "cidr",
        private_network,
        "a private IPv4 CIDR between /16 and /24, such as 10.20.0.0/16 (of 10/8, 172.16/12, 192.168/16 or 100.64/10)",
        "172.31.0.0/16",
        "range of the new VPC; used only without `vpcId`",
    ),
    Parameter(
        "subnetIds",
        listed(_SUBNET),
        "two subnet ids in two zones of `vpcId`, separated by a comma",
        (),
        "private subnets for the environment; without them those of `vpcId` are looked up",
    ),
    Parameter(
        "egress",
        one_of("NAT", "ENDPOINTS"),
        "NAT, ENDPOINTS",
        "NAT",
        "how AWS is reached: through a NAT gateway, or VPC endpoints only (then Salesforce needs a proxy of yours); a new VPC "
        "gets what is named, a VPC of yours must have it",
    ),
    Parameter(
        "envName",
        matching(_ENV_NAME),
        "a letter, then at most 31 letters, digits, - or _",
        "MwaaEnvironment",
        "name of the environment",
    ),
    Parameter(
        "envTags",
        text_map(
            keys=rf"(?!(?i:aws:)|\s){_TAG}{{1,128}}(?<!\s)",
            values=rf"(?!\s){_TAG}{{1,256}}(?<!\s)",
            at_most=50,
        ),
        'a JSON object of texts such as {"Environment":"MyEnv","Application":"MyApp"}: at most 50 tags, keys of 1 to 128 '
        "characters that differ in more than case and do not begin with aws:, values of 1 to 256 characters, all of letters, "
        "digits, _.:/=+-@ and spaces, of which none is the first or the last",
        (),
        "tags of every resource",
    ),
    Parameter(
        "environmentClass",
        one_of(*ENVIRONMENT_CLASSES),
        ", ".join(ENVIRONMENT_CLASSES),
        "mw1.small",
        "size of scheduler, workers and web servers",
    ),
    Parameter(
        "airflowVersion",
        one_of(*AIRFLOW_VERSIONS),
        ", ".join(AIRFLOW_VERSIONS),
        AIRFLOW_VERSIONS[0],
        "Airflow version",
    ),
    Parameter(
        "minWorkers",
        integer(1, 25),
        "a whole number from 1 to 25, at most maxWorkers",
        1,
        "workers that are always there",
    ),
    Parameter("maxWorkers", integer(1, 25), "a whole number from 1 to 25", 1, "workers at most"),
    Parameter(
        "minWebservers",
        integer(1, 5),
        "a whole number from 2 to 5 (1 with mw1.micro)",
        None,
        "web servers that are always there; 2, or 1 with mw1.micro",
    ),
    Parameter(
        "maxWebservers",
        integer(1, 5),
        "a whole number from minWebservers to 5 (1 with mw1.micro)",
        None,
        "web servers at most; as many as minWebservers unless said",
    ),
    Parameter(
        "webserverAccessMode",
        one_of("PUBLIC_ONLY", "PRIVATE_ONLY"),
        "PUBLIC_ONLY, PRIVATE_ONLY",
        "PUBLIC_ONLY",
        "whether the web server is reached over the Internet (with IAM) or from the VPC only",
    ),
    Parameter(
        "secretsBackend",
        one_of("Airflow", "SecretsManager"),
        "Airflow, SecretsManager",
        "Airflow",
        "where connections and variables live",
    ),
    Parameter(
        "sourceProvider",
        lambda given: given if given == "CodeCommit" else matching(_CONNECTION)(given),
        "CodeCommit, or the ARN of a CodeConnections connection",
        "CodeCommit",
        "where the repositories are: CodeCommit, or GitHub and GitLab through a connection",
    ),
    Parameter(
        "repositoryHost",
        one_of("github.com", "gitlab.com"),
        "github.com, gitlab.com",
        "github.com",
        "where a connection leads; pull requests are answered there",
    ),
    Parameter(
        "reviewTokenSecret",
        matching(r"[\w/+=.@-]{1,512}"),
        "the name of a secret in Secrets Manager",
        None,
        "secret whose text may comment on pull requests at `repositoryHost`",
    ),
    Parameter(
        "projectRepository",
        matching(_REPOSITORY),
        "a repository name, or owner/name with a connection; without .git",
        "mwaaproject",
        "repository whose specs become DAGs",
    ),
    Parameter(
        "provisioningRepository",
        matching(_REPOSITORY),
        "a repository name, or owner/name with a connection; without .git",
        "mwaaprovisioning",
        "repository that the platform itself is deployed from",
    ),
    Parameter(
        "branch",
        matching(_BRANCH),
        "a branch name as git takes it, such as main or release/next, without refs/heads/",
        "main",
        "branch that is deployed",
    ),
    Parameter(
        "platformReviewers",
        listed(_REVIEWER),
        "people and teams as in `reviewers` of a unit.yaml (@person, @organisation/team, an address), separated by a comma",
        (),
        "who approves what is no unit's own; with CodeCommit, each pull request then asks the owners of what it changes",
    ),
    Parameter(
        "identityCenterInstanceArn",
        matching(_INSTANCE),
        "the ARN of an organisation instance (an account instance has no permission sets), such as "
        "arn:aws:sso:::instance/ssoins-1234567890abcdef",
        None,
        "IAM Identity Center instance of the organisation that people sign in through",
    ),
    Parameter(
        "identityCenterGroups",
        text_map(keys=AIRFLOW_ROLES, values=_GROUP),
        "a JSON object from Airflow role (Viewer, User, Op, Admin) to group id, such as "
        '{"Viewer":"11111111-2222-3333-4444-555555555555"}',
        (),
        "Identity Center group of each Airflow role",
    ),
    Parameter(
        "identityCenterAccount",
        matching(r"\d{12}"),
        "an account id of 12 digits, together with identityCenterInstanceArn and environmentAt",
        None,
        "account that manages Identity Center, when it is not the environment's; stack `access` is then left out, and "
        "deployed from there by `make access`",
    ),
    Parameter(
        "environmentAt",
        place,
        "account and Region of the environment such as 123456789012/eu-west-1",
        None,
        "where the environment is, for `identityCenterAccount`; anywhere else its stacks are refused",
    ),
    Parameter(
        "kmsKeyArn",
        matching(_KEY),
        "the ARN of a KMS key (not of an alias) of the account and the Region of the environment",
        None,
        "key for the environment and its bucket; without it one is made",
    ),
    Parameter(
        "retention",
        days(3650),
        'a JSON object from unit to days from 1 to 3650, such as {"finance":90}; units that write to the lake',
        (),
        "for how long what a unit overwrote or deleted in the lake can be restored; 30 days unless said",
    ),
    Parameter(
        "readers",
        lists(_PRINCIPAL),
        'a JSON object from unit to ARNs of IAM roles and users, such as {"finance":["arn:aws:iam::123456789012:role/analysts"]}; `*` '
        "stands for what Identity Center makes up",
        (),
        "who may assume the reader role of a unit; whom the account's own policies let assume it, unless said",
    ),
    Parameter(
        "alarmEmail",
        matching(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+"),
        "an e-mail address",
        None,
        "who is notified of alarms and approvals",
    ),
    Parameter(
        "requireApproval",
        switch,
        "true, false",
        False,
        "whether every deployment of DAGs waits for a person, not only the destructive ones",
    ),
    Parameter(
        "emptyOnDestroy",
        switch,
        "true, false",
        False,
        "whether `make destroy` also deletes the landed data and the repositories",
    ),
    Parameter(
        "terminationProtection",
        switch,
        "true, false",
        True,
        "whether CloudFormation refuses to delete the stacks until a deployment with `false`",
    ),
    Parameter(
        "lakeOf",
        matching(_ENV_NAME),
        "the envName of another environment of the same account and Region",
        None,
        "environment whose lake this one writes, as the new one of two does during an upgrade; it gets no lake of its own",
    ),
    Parameter(
        "successor",
        matching(_ENV_NAME),
        "the envName of another environment of the same account and Region",
        None,
        "environment that may write this one's lake as well: the one that has this one as its `lakeOf`",
    ),
    Parameter(
        "environments",
        two_objects(_ENVIRONMENT),
        "a JSON object of two environments, in the order in which a release reaches them, each with parameters of its own and, "
        "for another account, `at`; such as "
        '{"dev":{"envName":"LakeDev"},"prod":{"envName":"Lake","at":"123456789012/eu-west-1","maxWorkers":5}}',
        (),
        "two environments: releases go to the first, and to the second when they were verified there and a person agreed",
    ),
    Parameter(
        "environment",
        matching(_ENVIRONMENT),
        "one of `environments`, by its name",
        None,
        "which of `environments` this is; the first unless said",
    ),
    Parameter(
        "at",
        place,
        "account and Region such as 123456789012/eu-west-1, of each of `environments` or of none",
        None,
        "where this one of `environments` is deployed; where your credentials lead unless said",
    ),
)
