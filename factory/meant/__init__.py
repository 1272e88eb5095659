"""What somebody probably meant: texts as people write them, in their own words and language → what a spec takes.

marks       quotes of word processors, invisible characters
truth       yes, oui, ja → true
numbers     `10,000`, `20%`, `0,2`
lengths     `6 mo`, `monthly`, `P6M`, `six Monate`
days        `01/02/2026`, `1 Feb 2026`
windows     `all`, `past 6 months`, `2026`
schedules   `every day at 5`, `05:00`, Quartz and AWS expressions
zones       `Paris`, `GMT+1`, names of Windows
choices     `Excel`, `jsonl`, `sha256`
keys        `where`, `delimiter`, `email`
value       all of these by the key they stand at
"""
