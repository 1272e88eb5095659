"""Types of fields that need care, as describe names them. Pure, so that the compiler can read it."""

COMPOUND_TYPES = ("address", "location", "complexvalue")  # fields that are made of parts
