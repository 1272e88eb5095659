"""A folder for each kind of source that the compiler knows.

salesforce   objects of a Salesforce org
"""
