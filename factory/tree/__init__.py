"""The tree of configs.

workspace   `group.yaml`, each unit's `unit.yaml` and the specs beside it, read
"""
