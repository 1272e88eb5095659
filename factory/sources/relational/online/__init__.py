"""Commands that need a database, whatever its kind. Loaded only when they are called.

commands       the commands, as the seam names them
catalog_pull   tables as their database describes them, stored in the catalogue or held against it
columns        the columns of a table as its runtime describes them, as the catalogue keeps them
"""
