"""A unit.yaml that breaks no rule, for the examples of rules about units."""

UNIT = """\
name: finance
owner: Finance data
contact: finance-data@example.com
connections: {salesforce: salesforce_default, aws: aws_connection}
destination: {bucket: "{{ var.value.bucket_name }}", prefix: finance}
objects: [Account, Contact, Opportunity]
"""
