"""The tree of configs.

followed    units whose specs run after each other
nearest     the tree above a folder, and specs by the ids of their DAGs
workspace   `group.yaml`, each unit's `unit.yaml` and the specs beside it, read
"""
