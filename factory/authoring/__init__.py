"""The text of spec files.

answers      what somebody answers, read when it is given
scaffold     new specs and units
modeline     the comments that name a file's schema
unit_schema  what editors are told of one unit
layout       the usual form of a file, comments kept
"""
