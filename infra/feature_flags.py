"""How the CDK behaves here, whatever parameters are given; they are not a choice of whoever deploys.

https://docs.aws.amazon.com/cdk/v2/guide/featureflags.html
"""

from collections.abc import Mapping

FEATURE_FLAGS: Mapping[str, object] = {
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/aws-iam:minimizePolicies": False,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/aws-kms:aliasNameRef": True,
    "@aws-cdk/aws-s3:publicAccessBlockedByDefault": True,
    "@aws-cdk/customresources:installLatestAwsSdkDefault": False,
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    "@aws-cdk/core:defaultCrossStackReferences": "strong",
}
