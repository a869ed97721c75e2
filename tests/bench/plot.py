# SPDX-License-Identifier: MIT
"""Cost against size, both logarithmic, as SVG."""
import math
import statistics
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 820, 460
LEFT, RIGHT, TOP, BOTTOM = 76, 178, 48, 56

# Distinct for eyes that see few colours, too: each line has a dash of its own as well.
STYLES = {
    'bound': ('#444444', '6 3'), 'bound-ring': ('#999999', '2 2'), 'bound-slist': ('#999999', '6 2'),
    'bound-heap': ('#999999', '2 2'), 'bound-heap4': ('#999999', '6 2'), 'weft': ('#d62728', ''), 'weft-clang': ('#d62728', '5 3'),
    'cpp20': ('#1f77b4', ''), 'cpp20-clang': ('#1f77b4', '5 3'), 'libuv': ('#2ca02c', ''),
    'libev': ('#98b52a', '2 2'), 'libevent': ('#17a398', '8 3 2 3'), 'asio': ('#9467bd', ''),
    'tokio': ('#ff7f0e', ''), 'go': ('#17becf', ''), 'asyncio': ('#8c564b', ''),
    'uvloop': ('#8c564b', '5 3'), 'node': ('#e377c2', ''), 'libevent-events': ('#17a398', '2 2'),
    'asio-coroutines': ('#9467bd', '5 3'), 'asyncio-streams': ('#8c564b', '2 2'),
    'uvloop-streams': ('#8c564b', '8 3 2 3'), 'nginx': ('#009639', '5 3'),
}


def style_of(name):
    """A way of a peer to do it is dotted, in the peer's colour."""
    return STYLES.get(name) or (STYLES.get(name.split('-')[0], ('#000000', ''))[0], '1 3')


def si(value):
    """1, 10, 1,000, 1M."""
    return '%dM' % (value // 1000000) if value >= 1000000 else format(round(value), ',') \
        if value >= 1 else '%g' % value


def curves(tables):
    """{peer: [(size, cost)]}"""
    figure = tables[0].workload.figures[0].name
    found = {}
    for table in tables:
        for name, row in table.rows.items():
            values = [figures[figure] for figures in row.values() if figures.get(figure, 0) > 0]
            if values:
                found.setdefault(name, []).append((table.size, statistics.median(values)))
    return found


class Axes:
    def __init__(self, points):
        self.left = math.log10(min(x for x, _ in points))
        self.right = max(math.log10(max(x for x, _ in points)), self.left + 1)
        self.bottom = math.floor(math.log10(min(y for _, y in points)))
        self.top = max(math.ceil(math.log10(max(y for _, y in points))), self.bottom + 1)

    def x(self, size):
        return LEFT + (math.log10(size) - self.left) / (self.right - self.left) * (
            WIDTH - LEFT - RIGHT)

    def y(self, cost):
        return HEIGHT - BOTTOM - (math.log10(cost) - self.bottom) / (self.top - self.bottom) * (
            HEIGHT - TOP - BOTTOM)


def text(x, y, words, anchor='start', more=''):
    return '<text x="%.1f" y="%.1f" text-anchor="%s" %s>%s</text>' % (x, y, anchor, more, escape(words))


def line(x1, y1, x2, y2, style):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" style="%s"/>' % (x1, y1, x2, y2, style)


def grid(axes):
    parts = []
    for power in range(axes.bottom, axes.top + 1):
        y = axes.y(10.0 ** power)
        parts.append(line(LEFT, y, WIDTH - RIGHT, y, 'stroke:#dddddd'))
        parts.append(text(LEFT - 8, y + 4, si(10.0 ** power), 'end'))
    for power in range(math.ceil(axes.left), math.floor(axes.right) + 1):
        x = axes.x(10 ** power)
        parts.append(line(x, TOP, x, HEIGHT - BOTTOM, 'stroke:#eeeeee'))
        parts.append(text(x, HEIGHT - BOTTOM + 18, si(10 ** power), 'middle'))
    return parts


def label_places(ends, gap=15):
    """Moves labels apart: [(wanted y, name)] -> {name: y}, in the same order."""
    places = sorted(ends)
    for _ in range(200):
        moved = False
        for i in range(len(places) - 1):
            (above, one), (below, other) = places[i], places[i + 1]
            if below - above < gap - 0.01:
                push = (gap - (below - above)) / 2
                places[i], places[i + 1] = (above - push, one), (below + push, other)
                moved = True
        if not moved:
            break
    lowest = max((y for y, _ in places), default=0)
    over = max(0, lowest - (HEIGHT - BOTTOM))
    return {name: y - over for y, name in places}


def curve(axes, name, points):
    color, dash = style_of(name)
    width = 3 if name == 'weft' else 1.8
    path = ' '.join('%.1f,%.1f' % (axes.x(size), axes.y(cost)) for size, cost in points)
    parts = ['<polyline points="%s" style="fill:none;stroke:%s;stroke-width:%s;stroke-dasharray:%s"/>'
             % (path, color, width, dash or 'none')]
    parts += ['<circle cx="%.1f" cy="%.1f" r="2.6" style="fill:%s"/>'
              % (axes.x(size), axes.y(cost), color) for size, cost in points]
    return parts


def growth(tables, named):
    """The SVG of one workload: a line for each peer, named at its end."""
    workload, found = tables[0].workload, curves(tables)
    axes = Axes([point for points in found.values() for point in points])
    parts = grid(axes)
    for name, points in found.items():
        parts += curve(axes, name, points)
    places = label_places([(axes.y(points[-1][1]), name) for name, points in found.items()])
    for name, points in found.items():
        color, dash = style_of(name)
        x, y = axes.x(points[-1][0]), axes.y(points[-1][1])
        edge = WIDTH - RIGHT + 22
        parts.append(line(x + 4, y, edge - 4, places[name],
                          'stroke:%s;stroke-width:0.8;stroke-dasharray:1 2' % color))
        parts.append(text(edge, places[name] + 4, '%s  %s' % (named.get(name, name),
                                                             cost_text(points[-1][1])),
                          more='style="fill:%s%s"' % (color, ';font-weight:bold' if name == 'weft'
                                                      else '')))
    parts.append(text(LEFT, 24, workload.plotted(), more='style="font-size:15px;font-weight:bold"'))
    parts.append(text(LEFT, 40, workload.figures[0].title + ' each', more='style="fill:#666666"'))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, workload.sized, 'middle',
                      'style="fill:#666666"'))
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" '
            'font-family="sans-serif" font-size="12">\n<rect width="100%%" height="100%%" '
            'fill="white"/>\n%s\n</svg>\n' % (WIDTH, HEIGHT, WIDTH, HEIGHT, '\n'.join(parts)))


def cost_text(value):
    return format(round(value), ',') if value >= 100 else '%.3g' % value
