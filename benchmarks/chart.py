"""Bars in SVG, for the documents."""

from collections.abc import Sequence
from html import escape

_ROW, _LABEL, _WIDTH, _VALUE = 26, 170, 420, 90  # pixels
_COLOURS = {"ours": "#2b7a4b", "airflow": "#b5532f", "by": "#b5532f"}
_OTHER = "#8a8f98"


def bar_chart(bars: Sequence[tuple[str, float]], caption: str, digits: int = 0) -> str:
    """One bar a row, the longest as wide as the chart; the colour goes by the label's first word."""
    longest = max(value for _, value in bars)
    rows = [
        _bar(index, label, f"{value:,.{digits}f}", round(_WIDTH * value / longest))
        for index, (label, value) in enumerate(bars)
    ]
    width, height = _LABEL + _WIDTH + _VALUE, _ROW * len(bars) + 30
    frame = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {frame} font-family="sans-serif" font-size="13">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *rows,
            f'<text x="{_LABEL}" y="{height - 9}" fill="#555">{escape(caption)}</text>',
            "</svg>",
            "",
        ]
    )


def _bar(index: int, label: str, value: str, width: int) -> str:
    top = _ROW * index + 6
    colour = _COLOURS.get(label.replace(",", " ").split(maxsplit=1)[0], _OTHER)
    return (
        f'<text x="{_LABEL - 8}" y="{top + 14}" text-anchor="end" fill="#222">{escape(label)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{width}" height="18" fill="{colour}"/>'
        f'<text x="{_LABEL + width + 6}" y="{top + 14}" fill="#222">{value}</text>'
    )
