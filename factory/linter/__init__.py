"""All rules over a tree of configs.

checks      every check, in order
surprises   what readers noticed → problems
all_rules   every rule, by its id
fixes       files with what their problems say to write instead
comments    comments by which an author ignores a rule
"""
