"""What holds of every stack: tags, buckets, keys, functions, roles."""


def test_tags_are_on_other_resources_too(assemblies):
    lake = next(
        b for b in assemblies["large"].resources("AWS::S3::Bucket") if b.logical_id.startswith("Lake5")
    )
    assert {"Key": "Application", "Value": "MyApp"} in lake.properties["Tags"]


def test_every_bucket_is_encrypted_versioned_private_and_tls_only(assemblies):
    for name, assembly in assemblies.items():
        policies = {
            assembly.text(p.properties["Bucket"]): p for p in assembly.resources("AWS::S3::BucketPolicy")
        }
        for bucket in assembly.resources("AWS::S3::Bucket"):
            where = f"{name}/{bucket.address}"
            properties = bucket.properties
            assert properties["BucketEncryption"], where
            assert properties["VersioningConfiguration"] == {"Status": "Enabled"}, where
            assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}, where
            denied = [
                condition
                for statement in policies[f"<{bucket.logical_id}>"].properties["PolicyDocument"]["Statement"]
                if statement["Effect"] == "Deny"
                for condition in statement["Condition"].values()
            ]
            assert {"aws:SecureTransport": "false"} in denied, where
            assert {"s3:TlsVersion": 1.2} in denied, where


def test_keys_rotate(assemblies):
    for assembly in assemblies.values():
        assert all(key.properties["EnableKeyRotation"] for key in assembly.resources("AWS::KMS::Key"))


def test_every_function_logs_into_a_group_of_its_stack(assemblies):
    """A log group that Lambda makes by itself would outlive the stack."""
    for assembly in assemblies.values():
        for function in assembly.resources("AWS::Lambda::Function"):
            group = function.properties["LoggingConfig"]["LogGroup"]["Ref"]
            resource = assembly.templates[function.stack]["Resources"][group]
            assert (resource["Type"], resource["DeletionPolicy"]) == ("AWS::Logs::LogGroup", "Delete")


def test_no_role_has_a_policy_that_aws_may_widen(assemblies):
    for assembly in assemblies.values():
        assert not [
            r.address for r in assembly.resources("AWS::IAM::Role") if r.properties.get("ManagedPolicyArns")
        ]


def test_a_service_becomes_a_role_for_this_account_only(assemblies):
    """Lambda and flow logs are asked by the account itself; the others could be asked by somebody else."""
    for assembly in assemblies.values():
        for role in assembly.resources("AWS::IAM::Role"):
            for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
                service = statement["Principal"].get("Service", "lambda.amazonaws.com")
                if service not in ("lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com"):
                    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"], role.address
