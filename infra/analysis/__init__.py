"""What the synthesised templates are checked for, beside cdk-nag's AwsSolutions: rules that no pack has."""
