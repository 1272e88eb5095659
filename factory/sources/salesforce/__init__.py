"""Everything that the compiler knows of Salesforce.

catalog               the offline catalogue of an org
catalog_entry         describe results → entries of the catalogue
catalog_rules         ING31x  objects and fields against the catalogue
query_rules           ING30x  a written query
query_catalog_rules   ING316, ING317  a written query against the catalogue
soql_parser           SOQL, read with the place of everything in it
forecast              API calls of a run
online                commands that need an org
"""
