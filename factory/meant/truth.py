"""Yes and no, in the languages of the group."""

_TRUE = frozenset(
    [
        "true",
        "t",
        "yes",
        "y",
        "on",
        "1",
        "enable",
        "enabled",
        "active",
        "x",
        "oui",
        "o",
        "vrai",
        "ja",
        "wahr",
        "an",
        "aan",
        "waar",
        "si",
        "sì",
        "sí",
        "vero",
        "cierto",
        "verdadero",
        "sim",
        "verdadeiro",
        "tak",
        "da",
        "kyllä",
        "ano",
        "igen",
    ]
)
_FALSE = frozenset(
    ["false", "f", "no", "n", "off", "0", "disable", "disabled", "inactive", "never", "none", "non", "faux", "nein", "falsch", "aus", "nee", "uit", "onwaar", "falso", "nie", "nej", "não", "nao", "ei", "ne", "nem"]
)  # fmt: skip


def truth(text: str) -> str | None:
    """`true` or `false`; None where the text is neither."""
    word = text.casefold().strip(" .!")
    return "true" if word in _TRUE else "false" if word in _FALSE else None
