"""What tools that are not ours say of the templates: checkov's findings, and an IAM simulator's verdict on every call that the code makes."""
