"""What the files mean, as frozen values.

unit        the group and its units
folder      folders in S3, and which of them lie one in the other
ingestion   one ingestion with its defaults filled in, and the layer that set each value
schedule    presets and cron expressions, and how often they fire
extent      how much a run reads
"""
