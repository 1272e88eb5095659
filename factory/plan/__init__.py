"""What merging changes.

standing   what stands: a Git revision, a tree of configs, or compiled DAGs
change     two sets of compiled DAGs, compared
shown      a plan as text, Markdown and JSON
"""
