"""What the files mean, as frozen values. Every text in them is read once, in `interpret`.

group       the group
environment what is different in one environment
unit        its units
folder      folders in S3, and which of them overlap
traits      what the meaning of a spec's keys depends on in a kind of source
setting     the keys of a spec with the nearest value of each, and the layer that set it
schedule    presets and cron expressions, taken apart
ingestion   one ingestion
placed      units and ingestions as they are in one environment
interpret   a checked spec → an ingestion
pace        how often it runs, where it follows others
extent      how much a run reads
next_run    the next run, and the dates that it reads
"""
