BUCKET = "{{ var.value.bucket_name }}"


class Connections:
    SALESFORCE = "salesforce_default"
    AWS = "aws_connection"
