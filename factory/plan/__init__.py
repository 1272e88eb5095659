"""What merging changes.

revision          the configs as a Git revision has them
standing          what stands: a Git revision, a tree of configs, or compiled DAGs
compiled_extent   how much a compiled DAG reads
change            two sets of compiled DAGs, compared
shown             a plan as text, Markdown and JSON
"""
