"""Names of weekdays, in the languages of the group."""

from factory.meant.marks import folded

_NAMES = (
    "sunday sundays sun su dimanche dimanches dim sonntag sonntags so zondag zo domingo dom domenica niedziela duminica",
    "monday mondays mon mo lundi lundis lun montag montags maandag ma lunes lunedì poniedziałek luni",
    "tuesday tuesdays tue tues tu mardi mardis mar dienstag dienstags di dinsdag martes martedì wtorek marți",
    "wednesday wednesdays wed we mercredi mercredis mer mittwoch mittwochs mi woensdag wo miércoles mercoledì środa miercuri",
    "thursday thursdays thu thur thurs th jeudi jeudis jeu donnerstag donnerstags do donderdag jueves giovedì czwartek joi",
    "friday fridays fri fr vendredi vendredis ven freitag freitags vrijdag vr viernes venerdì piątek vineri",
    "saturday saturdays sat sa samedi samedis sam samstag samstags zaterdag za sábado sabato sobota sâmbătă",
)
_NUMBER = {folded(word): number for number, words in enumerate(_NAMES) for word in words.split()}


def weekday(word: str) -> int | None:
    """The number of a weekday, 0 for Sunday; None for other words."""
    return _NUMBER.get(folded(word))
