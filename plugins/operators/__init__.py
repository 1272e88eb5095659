"""The import path of the original system: `operators.salesforce_to_s3_operator`."""
