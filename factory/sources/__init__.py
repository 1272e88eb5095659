"""A folder for each kind of source that the compiler knows.

seam         what the compiler asks of a kind of source
registry     every kind, by its name; nothing else imports a folder below
salesforce   objects of a Salesforce org
"""
