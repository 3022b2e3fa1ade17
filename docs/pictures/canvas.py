"""Boxes, frames, arrows and text as SVG, in a light and a dark theme."""

from dataclasses import dataclass, field
from html import escape

SANS = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colors of one theme; `accents` by what a box belongs to."""

    name: str
    text: str
    muted: str
    line: str
    frame: str
    box: str
    accents: dict[str, str]


LIGHT = Theme(
    "light",
    text="#1f2328",
    muted="#59636e",
    line="#818b98",
    frame="#f6f8fa",
    box="#ffffff",
    accents={"aws": "#bc4c00", "other": "#8250df", "kubernetes": "#0969da", "program": "#1a7f37"},
)
DARK = Theme(
    "dark",
    text="#f0f6fc",
    muted="#9198a1",
    line="#656c76",
    frame="#151b23",
    box="#0d1117",
    accents={"aws": "#f0883e", "other": "#ab7df8", "kubernetes": "#4493f8", "program": "#3fb950"},
)


@dataclass(frozen=True, slots=True)
class Box:
    """A placed box, with the points that arrows use."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> tuple[float, float]:
        """Return the middle of the left side."""
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> tuple[float, float]:
        """Return the middle of the right side."""
        return self.x + self.width, self.y + self.height / 2

    @property
    def top(self) -> tuple[float, float]:
        """Return the middle of the top side."""
        return self.x + self.width / 2, self.y

    @property
    def bottom(self) -> tuple[float, float]:
        """Return the middle of the bottom side."""
        return self.x + self.width / 2, self.y + self.height


@dataclass(slots=True)
class Canvas:
    """A picture in the making. Frames are drawn first, then arrows, then boxes."""

    width: int
    height: int
    theme: Theme
    title: str
    description: str
    frames: list[str] = field(default_factory=list)
    arrows: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)

    def frame(self, box: Box, label: str, accent: str) -> None:
        """Draw a rounded area with a label in its top left corner."""
        color = self.theme.accents[accent]
        self.frames.append(
            f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="10" '
            f'fill="{self.theme.frame}" stroke="{color}" stroke-opacity="0.45"/>'
        )
        self.frames.append(self._text(box.x + 14, box.y + 21, label, size=12, color=color, weight=600))

    def box(self, box: Box, title: str, lines: list[str], accent: str) -> Box:
        """Draw a box: a title, and lines of code below it."""
        color = self.theme.accents[accent]
        self.boxes.append(
            f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6" fill="{self.theme.box}" '
            f'stroke="{color}"/>'
        )
        self.boxes.append(
            f'<path d="M{box.x + 3.5} {box.y + 6}v{box.height - 12}" stroke="{color}" stroke-width="3" '
            f'stroke-linecap="round"/>'
        )
        self.boxes.append(self._text(box.x + 14, box.y + 20, title, size=13, color=self.theme.text, weight=600))
        for number, line in enumerate(lines):
            self.boxes.append(
                self._text(box.x + 14, box.y + 37 + 15 * number, line, size=11, color=self.theme.muted, font=MONO)
            )
        return box

    def arrow(self, points: list[tuple[float, float]], *, dashed: bool = False) -> None:
        """Draw a line through *points* with rounded corners and a head at its end."""
        path = [f"M{points[0][0]:g} {points[0][1]:g}"]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            start, end = _toward(corner, before), _toward(corner, after)
            path.append(f"L{start[0]:g} {start[1]:g}Q{corner[0]:g} {corner[1]:g} {end[0]:g} {end[1]:g}")
        path.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.arrows.append(
            f'<path d="{"".join(path)}" fill="none" stroke="{self.theme.line}" stroke-width="1.5"{dash} '
            f'marker-end="url(#head)"/>'
        )

    def note(self, x: float, y: float, text: str, *, anchor: str = "start", code: bool = False) -> None:
        """Write a small note."""
        font = MONO if code else SANS
        self.boxes.append(self._text(x, y, text, size=11, color=self.theme.muted, font=font, anchor=anchor))

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int,
        color: str,
        weight: int = 400,
        font: str = SANS,
        anchor: str = "start",
    ) -> str:
        return (
            f'<text x="{x:g}" y="{y:g}" font-family="{font}" font-size="{size}" font-weight="{weight}" fill="{color}" '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )

    def svg(self) -> str:
        """Return the picture."""
        head = (
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
            f'orient="auto"><path d="M0 0.5L7.5 4L0 7.5z" fill="{self.theme.line}"/></marker></defs>'
        )
        size = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
                f"<title>{escape(self.title)}</title>",
                f"<desc>{escape(self.description)}</desc>",
                head,
                *self.frames,
                *self.arrows,
                *self.boxes,
                "</svg>\n",
            ]
        )


def _toward(start: tuple[float, float], end: tuple[float, float], radius: float = 8) -> tuple[float, float]:
    """Return the point at *radius* from *start* in the direction of *end*."""
    distance = max(abs(end[0] - start[0]) + abs(end[1] - start[1]), 0.001)
    share = min(radius / distance, 0.5)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
