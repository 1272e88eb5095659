"""Commands that read what stands in AWS. Loaded only when they are called.

verify   `factory verify`
"""
