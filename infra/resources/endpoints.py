"""What MWAA calls from a VPC without a way out, besides S3, which has a gateway endpoint."""

# https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-vpe-create-access.html
ENDPOINTS = (
    "airflow.api",
    "airflow.env",
    "ecr.api",
    "ecr.dkr",
    "glue",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sqs",
    "sts",
)
