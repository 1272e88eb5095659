"""The packets of an answer, however the network cuts them, and the values of their rows."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.sources.mysql.cells import at_once, columns_of, one_by_one
from lake_ingest.sources.mysql.packets import pieces
from pymysql.err import OperationalError, ProgrammingError

END = b"\xfe\x00\x00\x22\x00"
ERROR = b"\xff\x7a\x04#42S02gone"
VALUES = (
    st.none()
    | st.binary(max_size=5)
    | st.sampled_from((b"\xfb", b"\xfe" * 9, b"\xff" * 250, b"x" * 251, b"\x00" * 300))
)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=70)
)


def written(value):
    """A value behind its length, as the protocol has it."""
    if value is None:
        return b"\xfb"
    size = len(value)
    for first, digits in ((b"", 1), (b"\xfc", 2), (b"\xfd", 3), (b"\xfe", 8)):
        if size < (251 if digits == 1 else 256**digits):
            return first + size.to_bytes(digits, "little") + value
    raise AssertionError


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
    return stream([*(b"".join(map(written, row)) for row in rows), last])


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


def read(data, width, cuts=(), room=64):
    """Rows of each piece, taken apart in every way."""
    found = []
    for piece in pieces(b"", receiver(data, cuts), 7, room):
        columns = [column.to_pylist() for column in columns_of(piece, width)]
        if not any(value is not None and len(value) >= 2**24 for column in columns for value in column):
            assert [column.to_pylist() for column in at_once(piece, width)] == columns
        assert [column.to_pylist() for column in one_by_one(piece, width)] == columns
        found += [list(row) for row in zip(*columns, strict=True)]
    return found


@given(ROWS, st.sets(st.integers(1, 5000), max_size=5), st.sampled_from((16, 40, 333, 4096)))
@settings(max_examples=60)
def test_rows_are_what_was_sent(rows, cuts, room):
    assert read(answer(rows), len(rows[0]) if rows else 1, cuts, room) == rows


ODD = [
    [b"a", None, b"x" * 251],
    [b"", b"\xfe\xff", b""],
    [None, None, None],
    [b"\xff\xfe", b"\xfb" * 40, b"b"],
]


def test_an_answer_may_be_cut_behind_every_byte():
    data = answer(ODD)
    for cut in range(1, len(data)):
        assert read(data, 3, {cut}, 4096) == ODD


def test_a_piece_may_end_at_every_byte():
    data = answer(ODD)
    for room in range(8, len(data) + 2):
        assert read(data, 3, (), room) == ODD


def test_many_rows_are_one_piece():
    rows = [[str(number).encode(), None if number % 3 else b"x" * (number % 400)] for number in range(1000)]
    (piece,) = pieces(b"", receiver(answer(rows)), 7, 2**20)
    assert columns_of(piece, 2)[0].type == pa.binary()
    assert read(answer(rows), 2, (), 2**20) == rows


@pytest.mark.parametrize("size", [250, 251, 65_535, 65_536, 2**24 - 5, 2**24 - 2, 2**24, 2**24 + 1, 2**25])
def test_a_value_of_any_length(size):
    """With its length of four bytes, one of 2^24 - 5 fills a packet, behind which an empty one comes."""
    rows = [[b"before", b"1"], [b"\xfe" * size, b""], [None, b"behind"]]
    found = []
    for piece in pieces(b"", receiver(answer(rows)), 7, 2**20):
        found += zip(*(column.to_pylist() for column in columns_of(piece, 2)), strict=True)
    assert [list(row) for row in found] == rows


@pytest.mark.parametrize(
    "row", [b"\x05abc", b"\x01a\x01b", b"\x01", b"\xff\x01", b"\xfc\xff\xff", b"\xfe" + b"\xff" * 8]
)
@pytest.mark.parametrize("rows", [3, 200])
def test_what_are_no_rows_of_so_many_values_is_refused(row, rows):
    sent = stream([*[b"\x01a"] * rows, row, b"\x01a", END])
    (piece,) = pieces(sent[:9], receiver(sent[9:]), 7, 4096)
    with pytest.raises(OperationalError, match="the server's rows could not be read"):
        columns_of(piece, 1)


def test_an_answer_that_is_broken_off_is_an_error():
    rows = [[b"a"]] * 10
    with pytest.raises(ProgrammingError, match="gone"):
        read(answer(rows, ERROR), 1)
    for end in (len(answer(rows)) - 1, len(answer(rows)) - len(END) - 4, 3):
        with pytest.raises(OperationalError, match="the connection was lost"):
            read(answer(rows)[:end], 1)


def test_packets_that_are_not_in_their_order_are_an_error():
    data = stream([b"\x01a"] * 3) + stream([b"\x01a", END], 11)
    with pytest.raises(OperationalError, match="came out of order"):
        read(data, 1)
    with pytest.raises(OperationalError, match="the server ended the connection"):
        read(stream([b"\x01a"] * 3) + stream([ERROR], 0), 1)
    with pytest.raises(OperationalError, match="came out of order"):
        read(stream([b"\x01a"] * 3) + stream([b"\x01a"], 9), 1)
