"""Amazon DynamoDB: all that the compiler knows of it.

kind          the kind of source, as the registry has it
vocabulary    what the schemas say of it: names of tables, types of attributes
window_rules  ING35x: windows that no export holds
column_rules  ING35x: types of attributes, and columns that a run adds
forecast      how many exports a run takes
online        what asks DynamoDB itself
"""
