"""The packets of an answer, however the network cuts them, and the values of their rows, whatever their types."""

import struct
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.sources.mysql.cells import Sent, columns_of
from lake_ingest.sources.mysql.moments import (
    Moments,
    OddMomentError,
    OtherMomentError,
    dates_of,
    moments_of,
    times_of,
)
from lake_ingest.sources.mysql.packets import pieces
from pymysql.constants import FIELD_TYPE
from pymysql.err import OperationalError, ProgrammingError

END = b"\xfe\x00\x00\x22\x00"
ERROR = b"\xff\x7a\x04#42S02gone"
TEXT = Sent(FIELD_TYPE.VAR_STRING, unsigned=False)
BYTES = st.binary(max_size=5) | st.sampled_from(
    (b"\xfb", b"\xfe" * 9, b"\xff" * 250, b"x" * 251, b"\x00" * 300)
)


def behind_its_length(value):
    """As the protocol has texts and bytes."""
    size = len(value)
    for first, digits in ((b"", 1), (b"\xfc", 2), (b"\xfd", 3), (b"\xfe", 8)):
        if size < (251 if digits == 1 else 256**digits):
            return first + size.to_bytes(digits, "little") + value
    raise AssertionError


def packed(form):
    return lambda value: struct.pack(form, value)


def day(value):
    return b"\x04" + struct.pack("<HBB", value.year, value.month, value.day)


def moment(value):
    """What is zero at its end is left out."""
    if value.microsecond:
        return (
            b"\x0b"
            + day(value)[1:]
            + bytes((value.hour, value.minute, value.second))
            + packed("<I")(value.microsecond)
        )
    if value.time() != time(0):
        return b"\x07" + day(value)[1:] + bytes((value.hour, value.minute, value.second))
    return day(value)


def clock(value):
    if value == time(0):
        return b"\x00"
    sent = bytes(5) + bytes((value.hour, value.minute, value.second))
    return b"\x0c" + sent + packed("<I")(value.microsecond) if value.microsecond else b"\x08" + sent


MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)) | st.dates().map(
    lambda one: datetime(one.year, one.month, one.day, 7)
)
MIDNIGHTS = st.dates().map(lambda one: datetime(one.year, one.month, one.day))
# A type: how it is sent, whether it is never negative, its values, and how they are written.
KINDS = (
    (FIELD_TYPE.TINY, False, st.integers(-(2**7), 2**7 - 1), packed("<b")),
    (FIELD_TYPE.TINY, True, st.integers(0, 2**8 - 1), packed("<B")),
    (FIELD_TYPE.SHORT, False, st.integers(-(2**15), 2**15 - 1), packed("<h")),
    (FIELD_TYPE.YEAR, True, st.integers(0, 2155), packed("<H")),
    (FIELD_TYPE.INT24, False, st.integers(-(2**23), 2**23 - 1), packed("<i")),
    (FIELD_TYPE.LONG, True, st.integers(0, 2**32 - 1), packed("<I")),
    (FIELD_TYPE.LONGLONG, False, st.integers(-(2**63), 2**63 - 1), packed("<q")),
    (FIELD_TYPE.LONGLONG, True, st.integers(0, 2**64 - 1), packed("<Q")),
    (FIELD_TYPE.FLOAT, False, st.floats(width=32, allow_nan=False), packed("<f")),
    (FIELD_TYPE.DOUBLE, False, st.floats(allow_nan=False), packed("<d")),
    (FIELD_TYPE.DATE, False, st.dates(), day),
    (FIELD_TYPE.DATETIME, False, MOMENTS | MIDNIGHTS, moment),
    (FIELD_TYPE.TIMESTAMP, False, MIDNIGHTS, moment),
    (FIELD_TYPE.TIME, False, st.times() | st.just(time(0)) | st.just(time(23, 59)), clock),
    (FIELD_TYPE.NEWDECIMAL, False, BYTES, behind_its_length),
    (FIELD_TYPE.BLOB, False, BYTES, behind_its_length),
    (FIELD_TYPE.JSON, False, BYTES, behind_its_length),
)
READ = {
    FIELD_TYPE.DATE: dates_of,
    FIELD_TYPE.DATETIME: moments_of,
    FIELD_TYPE.TIMESTAMP: moments_of,
    FIELD_TYPE.TIME: times_of,
}


def row_of(values, written):
    """A zero, a bit for each null, and what is not null."""
    nulls = sum(1 << place + 2 for place, value in enumerate(values) if value is None)
    bits = nulls.to_bytes((len(values) + 9) // 8, "little")
    return (
        b"\x00"
        + bits
        + b"".join(one(value) for one, value in zip(written, values, strict=True) if value is not None)
    )


def stream(payloads, number=7):
    """Payloads as packets; one of 16 MiB and more goes on in the next."""
    sent = []
    for payload in payloads:
        parts = [payload[at : at + 0xFFFFFF] for at in range(0, len(payload) + 1, 0xFFFFFF)]
        for part in parts:
            sent.append(len(part).to_bytes(3, "little") + bytes((number,)) + part)
            number = (number + 1) % 256
    return b"".join(sent)


def answer(rows, last=END):
    """Rows of bytes."""
    return stream([*(row_of(row, [behind_its_length] * len(row)) for row in rows), last])


def receiver(data, cuts=()):
    """Gives what lies between two cuts at a time, and less where there is no room for it."""
    place = 0

    def receive(room):
        nonlocal place
        assert len(room)
        end = min([place + len(room), len(data), *(cut for cut in cuts if cut > place)])
        if end == place:
            raise OperationalError(2013, "the connection was lost")
        room[: end - place] = data[place:end]
        place, size = end, end - place
        return size

    return receive


def read(data, sent, cuts=(), room=64):
    """All rows, of all pieces."""
    found = []
    for piece in pieces(b"", receiver(data, cuts), 7, room):
        columns = [
            (READ[one.kind](values) if isinstance(values, Moments) else values).to_pylist()
            for one, values in zip(sent, columns_of(piece, sent), strict=True)
        ]
        found += [list(row) for row in zip(*columns, strict=True)]
    return found


@given(data=st.data())
@settings(max_examples=120)
def test_rows_are_what_was_sent(data):
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=20))
    row = st.tuples(*(st.none() | values for _, _, values, _ in kinds)).map(list)
    rows = data.draw(st.lists(row, max_size=30))
    sent = stream([*(row_of(one, [kind[-1] for kind in kinds]) for one in rows), END])
    cuts = data.draw(st.sets(st.integers(1, 5000), max_size=5))
    room = data.draw(st.sampled_from((16, 40, 333, 4096)))
    assert read(sent, [Sent(kind, unsigned) for kind, unsigned, _, _ in kinds], cuts, room) == rows


ODD = [
    [b"a", None, b"x" * 251],
    [b"", b"\xfe\xff", b""],
    [None, None, None],
    [b"\xff\xfe", b"\xfb" * 40, b"b"],
]


def test_an_answer_may_be_cut_behind_every_byte():
    data = answer(ODD)
    for cut in range(1, len(data)):
        assert read(data, [TEXT] * 3, {cut}, 4096) == ODD


def test_a_piece_may_end_at_every_byte():
    data = answer(ODD)
    for room in range(8, len(data) + 2):
        assert read(data, [TEXT] * 3, (), room) == ODD


def test_many_rows_are_one_piece():
    rows = [[str(number).encode(), None if number % 3 else b"x" * (number % 400)] for number in range(1000)]
    (piece,) = pieces(b"", receiver(answer(rows)), 7, 2**20)
    assert columns_of(piece, [TEXT] * 2)[0].type == pa.binary()
    assert read(answer(rows), [TEXT] * 2, (), 2**20) == rows


@pytest.mark.parametrize("size", [250, 251, 65_535, 65_536, 2**24 - 9, 2**24 - 2, 2**24, 2**24 + 1, 2**25])
def test_a_value_of_any_length(size):
    """One of 2^24 - 9, with the rest of its row, fills a packet, behind which an empty one comes."""
    rows = [[b"before", b"1"], [b"\xfe" * size, b""], [None, b"behind"]]
    assert read(answer(rows), [TEXT] * 2, (), 2**20) == rows


@pytest.mark.parametrize("size", [2**8, 2**16, 2**17])
def test_a_packet_whose_size_has_a_zero_in_it(size):
    rows = [[b"x" * one] for one in range(size - 8, size + 8)]
    assert read(answer(rows), [TEXT], (), 2**20) == rows


@pytest.mark.parametrize(
    "row",
    [
        b"\x05abc",
        b"\x01a\x01b",
        b"\x01",
        b"\xfb",
        b"\xff\x01",
        b"\xfc\xff\xff",
        b"\xfe" + b"\xff" * 8,
        b"\xfe" + b"\xff" * 7 + b"\x7f",
    ],
)
@pytest.mark.parametrize("rows", [3, 200])
def test_what_are_no_rows_of_such_values_is_refused(row, rows):
    sent = stream([*[b"\0\0\x01a"] * rows, b"\0\0" + row, b"\0\0\x01a", END])
    (piece,) = pieces(sent[:9], receiver(sent[9:]), 7, 4096)
    with pytest.raises(OperationalError, match="the server's rows could not be read"):
        columns_of(piece, [TEXT])


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (FIELD_TYPE.LONG, b"\0\0\1\2\3"),
        (FIELD_TYPE.LONG, b"\0\0\1\2\3\4\5"),
        (FIELD_TYPE.DATE, b"\0\0\x07" + bytes(7)),
        (FIELD_TYPE.DATETIME, b"\0\0\x05" + bytes(5)),
        (FIELD_TYPE.TIME, b"\0\0\x04" + bytes(4)),
        (FIELD_TYPE.LONG, b"\1\0\1\2\3\4"),
        (FIELD_TYPE.LONG, b"\0"),
    ],
)
def test_a_value_of_another_size_is_refused(kind, row):
    (piece,) = pieces(b"", receiver(stream([row, END])), 7, 4096)
    with pytest.raises(OperationalError, match="the server's rows could not be read"):
        columns_of(piece, [Sent(kind, unsigned=False)])


def test_an_answer_that_is_broken_off_is_an_error():
    rows = [[b"a"]] * 10
    with pytest.raises(ProgrammingError, match="gone"):
        read(answer(rows, ERROR), [TEXT])
    for end in (len(answer(rows)) - 1, len(answer(rows)) - len(END) - 4, 3):
        with pytest.raises(OperationalError, match="the connection was lost"):
            read(answer(rows)[:end], [TEXT])


def test_packets_that_are_not_in_their_order_are_an_error():
    rows = [b"\0\0\x01a"] * 3
    data = stream(rows) + stream([rows[0], END], 11)
    with pytest.raises(OperationalError, match="came out of order"):
        read(data, [TEXT])
    with pytest.raises(OperationalError, match="the server ended the connection"):
        read(stream(rows) + stream([ERROR], 0), [TEXT])
    with pytest.raises(OperationalError, match="came out of order"):
        read(stream(rows) + stream([rows[0]], 9), [TEXT])


def moments(kind, written):
    (piece,) = pieces(b"", receiver(stream([b"\0\0" + written, b"\0\x04", END])), 7, 4096)
    (values,) = columns_of(piece, [Sent(kind, unsigned=False)])
    return values


@pytest.mark.parametrize(
    "number", [1, 58, 59, 60, 365, 366, 36_523, 36_524, 146_096, 719_162, 2_932_896 + 719_162]
)
def test_a_day_of_any_year(number):
    given_day = date(1, 1, 1) + timedelta(number)
    found = dates_of(moments(FIELD_TYPE.DATE, day(given_day)))
    assert found.to_pylist() == [given_day, None]
    assert found.type == pa.date32()


@pytest.mark.parametrize(
    "sent", [b"\x00", b"\x04\x00\x00\x01\x01", b"\x04\xea\x07\x00\x01", b"\x04\xea\x07\x01\x00"]
)
def test_a_zero_date_is_odd(sent):
    with pytest.raises(OddMomentError):
        dates_of(moments(FIELD_TYPE.DATE, sent))
    with pytest.raises(OddMomentError):
        moments_of(moments(FIELD_TYPE.DATETIME, sent))


@pytest.mark.parametrize(
    ("year", "month", "day_"),
    [(2026, 2, 29), (2000, 2, 30), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 255, 255)],
)
def test_a_day_that_its_month_has_not_is_none(year, month, day_):
    with pytest.raises(OtherMomentError):
        dates_of(moments(FIELD_TYPE.DATE, b"\x04" + struct.pack("<HBB", year, month, day_)))


@pytest.mark.parametrize("sent", [(1, 0, 0, 0, 1), (0, 1, 0, 0, 0), (0, 0, 24, 0, 0), (0, 34, 22, 59, 59)])
def test_a_time_that_is_of_no_day_is_odd(sent):
    with pytest.raises(OddMomentError):
        times_of(moments(FIELD_TYPE.TIME, b"\x08" + struct.pack("<BIBBB", *sent)))


def test_moments_of_one_kind_are_not_read_as_another():
    for read_as in (moments_of, times_of):
        with pytest.raises(OtherMomentError):
            read_as(moments(FIELD_TYPE.DATE, day(date(2026, 1, 31))))
    with pytest.raises(OtherMomentError):
        dates_of(moments(FIELD_TYPE.DATETIME, moment(datetime(2026, 1, 31, 6, tzinfo=UTC))))
