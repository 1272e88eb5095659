"""What sort of personal data a column holds, by its name, its type and what the database says of it."""

import re

_TEXTS = (
    "text",
    "char",
    "character",
    "varchar",
    "citext",
    "name",
    "json",
    "nvarchar",
    "string",
    "longtext",
    "mediumtext",
    "tinytext",
)
_NUMBERS = ("bigint", "integer", "numeric", "decimal", "int")
_DATES = ("date", "timestamp", "datetime")
# Words of a name, joined by `_`; English, French, Dutch, German.
_SORTS = {
    "email": (_TEXTS, "email|e_mail|mail|mail_address|courriel"),
    "phone": ((*_TEXTS, *_NUMBERS), "phone|telephone|telefon|telefoon|mobile|cell|gsm|fax|handy|tel"),
    "name": (_TEXTS, "(first|last|middle|given|family|full|maiden|sur)_?name|surname|prenom|vorname|nachname|voornaam|achternaam|nom_famille"),
    "address": (_TEXTS, "street|house_number|post_?code|postal_code|zip|zip_code|address|adresse|adres|strasse|straat|rue|hausnummer|huisnummer|plz"),
    "bank account": (_TEXTS, "iban|bic|swift|account_number|card_number|credit_card|pan|kontonummer|rekeningnummer"),
    "birth": ((*_TEXTS, *_DATES), "birth|birth_?(date|day|year|place)|date_of_birth|dob|geburtsdatum|geboortedatum|date_naissance"),
    "national id": ((*_TEXTS, *_NUMBERS), "ssn|social_security|national_(id|number)|passport|passport_number|id_card|rijksregister|nrn|personal_number|driving_licen[cs]e"),
    "network address": ((*_TEXTS, "inet", "cidr"), "ip|ip_address|client_ip|remote_addr"),
    "location": ((*_TEXTS, *_NUMBERS, "double", "real", "point", "geometry", "geography"), "latitude|longitude|lat|lng|gps|coordinates"),
    "credentials": (_TEXTS, "password|password_hash|passwd|secret|token|api_key"),
}  # fmt: skip
_NAMES = {sort: (types, re.compile(rf"(?:.*_)?(?:{words})(?:_\d+|_\w{{2}})?")) for sort, (types, words) in _SORTS.items()}  # fmt: skip
# Tables whose rows are persons: there a name or a city is personal data, in a table of products it is not.
_PERSONS = re.compile(
    r"(?:.*_)?(?:customer|contact|person|people|employee|user|patient|member|subscriber|resident|tenant|lead|client|kunde|klant)s?"
)
_OF_PERSONS = {"name": "name", "title": "name", "city": "address", "salutation": "name", "gender": "gender"}
_SAID = re.compile(r"\b(personal data|pii|gdpr|personenbezogen|persoonsgegevens)\b", re.IGNORECASE)


def personal_sort(table: str, column: str, type_name: str, comment: str) -> str:
    """The sort of personal data that a column probably holds; "" for none."""
    if _SAID.search(comment):
        return "personal"
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", column).lower().strip("_")
    for sort, (types, name) in _NAMES.items():
        if type_name.startswith(types) and name.fullmatch(words):
            return sort
    if _PERSONS.fullmatch(table.lower()) and type_name.startswith(_TEXTS):
        return _OF_PERSONS.get(words, "")
    return ""
