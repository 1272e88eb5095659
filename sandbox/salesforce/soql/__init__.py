"""SOQL: text → syntax tree → names bound to the schema → SQL over the org's tables."""
