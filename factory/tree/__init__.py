"""The tree of configs.

followed    units whose specs run after each other
kept        what specs mean, from one command to the next
made_of     what that depends on, as one sign
nearest     the tree above a folder, and specs by the ids of their DAGs
workspace   `group.yaml`, each unit's `unit.yaml` and the specs beside it, read
"""
