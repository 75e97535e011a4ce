"""How well colours stand out from one another."""

from PySide6.QtGui import QColor


def luminance(colour):
    channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one, other):
    """The ratio of WCAG 2.1, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(top, ground):
    """A colour that shines through, as it is seen over a ground."""
    share = top.alphaF()
    mixed = zip(top.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QColor(*(round(share * one + (1 - share) * other) for one, other in mixed))
