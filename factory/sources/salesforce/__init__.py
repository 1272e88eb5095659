"""Everything that the compiler knows of Salesforce. The registry imports `kind`; nobody imports anything else.

kind                  Salesforce as a kind of source
catalog               the offline catalogue of an org
catalog_object        an object of it, and its fields
recorded_values       which values of a history are personal
catalog_entry         describe results → entries of the catalogue
query_rules           ING30x  a written query or filter
catalog_rules         ING31x  objects and fields against the catalogue
query_catalog_rules   ING316, ING317, ING319, ING321  a written query or filter against the catalogue
query_checks          finds what ING30x and ING319 say, and hands a query on
fields_read           every field that a query reads, held against the catalogue
value_types           what a field of each type can be compared with
written_soql          a key whose value is SOQL, with the place of everything in it
deleted_rows          ING332, ING333, ING334  rows in the recycle bin
dates_written         dates as numbers (ING335), where no date is written
call_rules            ING501, ING502, ING504  API calls of all specs together
filter_cost           what a filter compares, and how that is found
forecast              API calls of a run
online                commands that need an org
"""
