"""What MWAA calls from a VPC without a way out, besides S3, which has a gateway endpoint."""

# https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-vpe-create-access.html
ENDPOINTS = (
    "airflow.api",
    "airflow.env",
    "athena",
    "ecr.api",
    "ecr.dkr",
    "glue",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sns",
    "sqs",
    "sts",
)
