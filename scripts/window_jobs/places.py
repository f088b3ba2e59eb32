"""Where things lie in a window of 1480 x 920 points; everything else goes by keys."""

LABEL_PANE, SCAN_PANE = (46, 108, 616, 893), (617, 108, 1188, 893)
FILES_MENU, EXPORT_MENU = (55, 21), (119, 21)
# Boxes in which something shows where nothing else moves: the menu of an icon, the form of a case and what it measures,
# the conditions and the candidates of new masks, the list of runs, the form of one.
DIALOG = (505, 310, 975, 610)
MENU, FORM, CASE = (60, 45, 260, 104), (1170, 50, 1478, 900), (290, 160, 1160, 620)
STRIP, CANDIDATES = (140, 690, 370, 830), (376, 690, 1180, 880)
MODELS, RUNS, RUN_FORM = (0, 842, 240, 916), (0, 50, 240, 840), (1082, 50, 1478, 912)
# Cards lie over the upper end of the panes; the cross of the first one.
CARDS, DISMISS = (430, 118, 620, 150), (1039, 134)


class OnScreen:
    """Where the pixels of a scan lie in the label pane: fitted into it, in square pixels."""

    def __init__(self, width, height, pane=LABEL_PANE, margin=12):
        x0, y0, x1, y1 = pane
        self.zoom = min((x1 - x0 - 2 * margin) / width, (y1 - y0 - 2 * margin) / height)
        self.left = (x0 + x1 - width * self.zoom) / 2
        self.top = (y0 + y1 - height * self.zoom) / 2

    def __call__(self, x, y):
        return self.left + (x + 0.5) * self.zoom, self.top + (y + 0.5) * self.zoom
