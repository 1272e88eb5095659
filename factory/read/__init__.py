"""YAML → values with their places. Knows no rule.

file_text     the text of a file, and its lines
composer      YAML events → a document
scalar        what an unquoted word means
document      plain values, with the place of every key and value
surprise      what a reader noticed, not yet judged
habits        lines that are not YAML as people write them
yaml_errors   what libyaml complains of, in plain words
inner         places inside a text that spans lines
span          a stretch of a file
"""
