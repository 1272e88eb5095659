"""The text of spec files.

scaffold   new specs and units
layout     the usual form of a file, comments kept
"""
