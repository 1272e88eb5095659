"""What somebody probably meant: texts as people write them, in their own words and language → what a spec takes.

marks       quotes of word processors, invisible characters
wordlist    lists of words
truth       yes, oui, ja → true
numbers     `10,000`, `20%`, `0,2`
lengths     `6 mo`, `monthly`, `P6M`, `six Monate`
offsets     `today-7`, `DATEADD(day, -7, GETDATE())`
days        `01/02/2026`, `1 Feb 2026`
windows     `all`, `past 6 months`, `2026`
clocks      `5am and 5pm`, `17h30`
weekdays    `lundi`, `Mo`
foreign_cron  expressions of Quartz, AWS, Jenkins and iCalendar
schedules   `every day at 5`, `05:00`, `last Friday`
zones       `Paris`, `GMT+1`, names of Windows
wrappings   values in lists and mappings where they stand alone
choices     `Excel`, `jsonl`, `sha256`
keys        `where`, `delimiter`, `email`
value       all of these by the key they stand at
"""
