"""Problems for people and programs.

key_pages  keys, each explained
next_runs  the next run of an ingestion, in words
findings   what a run of the linter found
full       for people, with the line
concise    one line a problem
machine    JSON and SARIF
junit      JUnit XML
review     comments on a pull request
formats    every form, by its name on the command line
"""
