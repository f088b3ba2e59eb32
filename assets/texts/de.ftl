# Texte des Fensters auf Deutsch, in der Reihenfolge von en.ftl.

## Buttons and words that several pages share

shell-cancel = Abbrechen
shell-close = Schließen
shell-save = Speichern
shell-discard = Verwerfen

## Bar at the top

top-open = Öffnen
top-new-mask = Neue Maske
top-undo = Rückgängig
top-redo = Wiederholen
top-undo-step = Rückgängig: { $step }
top-redo-step = Wiederholen: { $step }
top-nothing-to-undo = Nichts rückgängig zu machen
top-nothing-to-redo = Nichts zu wiederholen
top-history = Verlauf
top-keys = Tasten
top-cases = Fälle
top-samples-about = Ordner, Masken, zuletzt geöffnete Dateien und mitgelieferte Beispiele
top-samples = Beispiele
top-open-folder = Ordner öffnen …
top-load-labels = Maske auf dieses B-Bild laden …
top-export = Exportieren
top-export-about = Maske, Bild oder Messwerte exportieren
top-export-mask = Maske als PNG …
top-export-paper = Maske, neun Klassen der Studie …
top-export-paper-about = 0 ist Hintergrund auf beiden Seiten, 1-7 die Schichten, 8 jede Flüssigkeit: für andere Programme
top-export-synthetic = Synthetisches Bild als PNG …
top-export-measurements = Messwerte als CSV …
top-figure = Bild für eine Folie: Maßstäbe, Legende, Bildunterschrift
top-save-as = Dokument speichern unter …
top-figure-scan = Scan und Maske
top-figure-synthetic = Synthetisches Bild und Maske
top-figure-as = { $name } als { $ending }
top-training-done = Training: { $percent } % fertig
top-train-about = Ein Modell trainieren
top-train = Training
top-not-saved = Noch in keiner Datei gespeichert
top-unsaved-changes =
    { $place }
    Nicht gespeicherte Änderungen

## Line at the bottom

status-not-annotated = nicht annotiert
status-thick-um = { $thickness } px, { $um } µm dick
status-thick-px = { $thickness } px dick
status-size-unknown = {" "}{" "}{" "}µm/px unbekannt

## Panel at the right

panel-edit = Editor
panel-edit-about = Masken und Synthese
panel-view = Ansicht
panel-view-about = Grauwerte, Überlagerung, Vergleich
panel-measure = Messen
panel-measure-about = Flächen, Dicke, zweite Bewertung
panel-volume = Volumen
panel-volume-about = Alle B-Bilder: Interpolation, Dickenkarte
panel-one-b-scan = Dieses Dokument hat nur ein B-Bild

## Cards over the panes

notice-dismiss = Ausblenden
notice-recovery = Nicht gespeicherte Arbeit an { $name } wurde gefunden, { $when }.
notice-restore = Wiederherstellen
shell-moment-ago = von eben
shell-minutes-ago =
    { $count ->
        [one] vor 1 Minute
       *[other] vor { $count } Minuten
    }
shell-hours-ago =
    { $count ->
        [one] vor 1 Stunde
       *[other] vor { $count } Stunden
    }
shell-days-ago =
    { $count ->
        [one] vor 1 Tag
       *[other] vor { $count } Tagen
    }
notice-kept = Das synthetische Bild ist beim Dokument abgelegt.
notice-sample-damaged = Das mitgelieferte Beispiel kann nicht gezeigt werden: { $error }
shell-blank = Leer
notice-recipe-copied = Das Rezept ist als Text in der Zwischenablage.
step-pixel-size = Pixelgröße
shell-lesion-copied = Läsion { $name }, { $pixels } px
shell-tracing-cannot-start = Die Segmentierung kann nicht beginnen: { $error }
notice-scan-closed = Der Scan, zu dem dieses Bild gehört, ist nicht mehr geöffnet.
notice-measurements-copied = Die Messwerte dieses B-Bilds sind in der Zwischenablage.
step-erase-lesion = Läsion löschen

## The window's graphics device

device-lost-too-often = das Grafikgerät ging in zehn Minuten mehr als dreimal verloren
device-work-kept = Ihre nicht gespeicherte Arbeit ist gesichert: RetiDiff Studio bietet sie beim nächsten Start an.
device-disk-silent = das Laufwerk antwortet nicht
device-work-lost = Ihre nicht gespeicherte Arbeit konnte nicht gesichert werden: { $why }.
device-no-folder = Ihre nicht gespeicherte Arbeit konnte nicht gesichert werden: Es gibt keinen Ordner dafür.
device-made-anew = Das Grafikgerät ging verloren und wurde neu eingerichtet. Von Ihrer Arbeit ging nichts verloren.
device-recent-gone = {" "}Synthetische Bilder, die darauf lagen, fehlen nun in der Liste.
device-exports-gone = {" "}Nicht alle wartenden Exporte konnten fortgesetzt werden: Bitte exportieren Sie diese noch einmal.
device-cpu = {" "}Die Synthese läuft langsamer auf der CPU weiter: { $why }. Ein neuer Grafiktreiber kann helfen.

## Settings kept between runs

settings-of-other = sie beschreibt „{ $format }“
settings-newer = eine neuere Version dieses Programms hat sie geschrieben (Einstellungen Version { $version })
settings-too-long = sie ist zu lang
settings-unusable = Die Einstellungen in { $file } sind nicht verwendbar: { $reason }. Diese Sitzung verwendet die Vorgaben und speichert keine; löschen Sie die Datei, um neu zu beginnen.
settings-not-kept = Die Einstellungen konnten nicht in { $file } gespeichert werden: { $error }.
settings-thread-ended = der Vorgang endete vorzeitig

## Questions

question-save-first = Änderungen speichern?
question-unsaved = { $name } hat nicht gespeicherte Änderungen.
question-saving = Wird gespeichert
question-being-written = { $file } wird geschrieben.
question-choosing = Ein Ort für { $name } wird gerade in einem anderen Fenster gewählt.
question-label-codes = Maskencodes
question-paper-classes = die neun Klassen der Studie, in denen 0 Hintergrund auf beiden Seiten und 8 Flüssigkeit ist
question-labels-or-scan = Maske oder Scan?
question-load-labels = Diese Maske laden?
question-values = Die Werte von { $name } lassen sich lesen als { $scheme }: { $labels }.
question-labels-replace = Sie ersetzt die Maske dieses B-Bilds; das lässt sich rückgängig machen.
question-load-as-labels = Als Maske laden
question-open-as-scan = Als Scan öffnen

## Finding a command

palette-find = Befehl suchen
palette-search = Befehle durchsuchen
palette-nothing = Kein Befehl heißt „{ $query }“.

## Keys and gestures

keys-title = Tasten und Gesten
keys-change = Tasten ändern …
keys-pointer = Zeiger
keymap-title = Tasten ändern
keymap-reset-all = Alle zurück
keymap-to-preset = Zurück zu den Tasten der Vorlage
keymap-alt-about = An: Alt mit der Haupttaste ändert die Größe des Pinsels. Aus: Alt radiert.
keymap-alt = Alt + Ziehen ändert die Pinselgröße
keymap-find = Befehl oder Taste suchen
keymap-nothing = Nichts mit diesem Namen.
keymap-as-in = Tasten wie in
keymap-press = Taste drücken …
keymap-another = Eine weitere Taste geben; Esc bricht ab
keymap-add = Taste hinzufügen: { $command }
keymap-reset = Zurück
keymap-reset-keys = Tasten zurücksetzen: { $command }
keymap-take = { $keys } wegnehmen: { $name }
keymap-take-about = Drücken, um diese Taste wegzunehmen
keymap-same = Gleiche Taste wie „{ $command }“
keymap-only-here = Nur hier
keymap-only-here-about = Nimmt sie dem anderen Befehl weg
keymap-only-here-not = Nur hier: { $command }, nicht { $other }
key-page-up = Bild auf
key-page-down = Bild ab
key-up = Auf
key-down = Ab
key-left = Links
key-right = Rechts
key-escape = Esc
key-home = Pos1
key-delete = Entf
key-ctrl = Strg
key-shift = Umschalt
key-alt = Alt

## Commands

group-file = Datei
group-edit = Bearbeiten
group-tools = Werkzeuge
group-labels = Schichten
group-view = Ansicht
group-volume = B-Bilder
group-measure = Messen
group-synthesis = Synthese
group-training = Training
group-window = Fenster
gesture-alt = Alt
gesture-alt-not-brush = Wie die rechte Taste, aber nicht beim Pinsel
gesture-alt-drag = Alt + Ziehen
gesture-alt-size = Pinselgröße, mit Pinsel oder Radierer
gesture-alt-opposite = Wie die rechte Taste
gesture-right = Rechte Taste
gesture-opposite = Das Gegenteil: radieren, abziehen, verkleinern

command-file-open = Scan, Maske oder Dokument öffnen
command-file-open-folder = Ordner mit Scans öffnen
command-file-load-labels = Maske auf dieses B-Bild laden …
command-file-save = Dokument speichern
command-file-save-as = Dokument speichern unter …
command-file-export-mask = Maske als PNG exportieren
command-file-export-paper-mask = Maske als PNG mit den neun Klassen der Studie exportieren
command-file-export-synthetic = Synthetisches Bild als PNG exportieren
command-file-sample-1 = Beispiel öffnen: Fovea, gesund
command-file-sample-2 = Beispiel öffnen: Fovea mit gezeichneten Zysten
command-file-sample-3 = Beispiel öffnen: außerhalb der Fovea, gesund
command-edit-undo = Rückgängig
command-edit-redo = Wiederholen
command-edit-copy-lesion = Gewählte Läsion kopieren
command-edit-cut-lesion = Gewählte Läsion ausschneiden
command-edit-paste-lesion = Kopierte Läsion einfügen
command-edit-steps = Liste der Schritte, um zu jedem zurückzugehen
command-edit-repair-order = Reihenfolge der Schichten reparieren
command-edit-clear-lesions = Alle Läsionen dieses B-Bilds entfernen
command-edit-trace = Schichten segmentieren: alle acht Grenzflächen vorschlagen
command-edit-trace-stop = Segmentierung abbrechen
command-edit-trace-next = Nächster unsicherer Abschnitt der Segmentierung
command-edit-trace-forget = Unsichere Abschnitte ausblenden
command-mask-new-eye = Neue Maske: Masken nach Flüssigkeit, Zysten und Dicke erzeugen
command-mask-vary = Diese Maske variieren
command-mask-without-scan = Leere Seite ohne Scan
command-edit-start-annotating = Mit leerer Maske beginnen
command-tool-brush = Pinsel: die gewählte Schicht malen
command-tool-eraser = Radierer: die Schicht unter einer Läsion freilegen
command-tool-lasso = Lasso: eine Fläche umfahren oder ihre Ecken klicken
command-tool-fill = Füllen: ein zusammenhängendes Gebiet oder das Loch einer Läsion
command-tool-pick = Pipette: die Schicht unter dem Zeiger wählen
command-tool-smooth = Gezackte Ränder glätten
command-tool-cyst = Zyste: eine setzen oder viele streuen
command-tool-select = Läsion wählen: verschieben, skalieren, drehen, kopieren
command-tool-grow = Läsion oder gewählte Schicht vergrößern oder verkleinern
command-tool-interface-pen = Grenzflächenstift: einen Teil einer Grenzfläche neu zeichnen
command-tool-interface-spline = Grenzflächen-Spline: eine Grenzfläche an ihren Knoten biegen
command-tool-live-wire = Live-Wire: an einer Kante entlang klicken
command-tool-layer-warp = Schicht verformen: verdicken, verdünnen oder schieben
command-tool-hand = Hand: den Scan verschieben
command-tool-smaller = Kleinerer Pinsel
command-tool-larger = Größerer Pinsel
command-tool-ordered = Reihenfolge der Schichten wahren, an oder aus
command-label-0 = Schicht: über ILM
command-label-1 = Schicht: NFL
command-label-2 = Schicht: GCL-IPL
command-label-3 = Schicht: INL
command-label-4 = Schicht: OPL
command-label-5 = Schicht: ONL-ISM
command-label-6 = Schicht: ISE (ellipsoide Zone)
command-label-7 = Schicht: OS-RPE
command-label-8 = Schicht: unter BM
command-label-9 = IRF (intraretinale Flüssigkeit)
command-label-10 = SRF (subretinale Flüssigkeit)
command-label-11 = PED (Pigmentepithelabhebung)
command-label-previous = Vorherige Schicht
command-label-next = Nächste Schicht
command-label-swap = Mit der vorigen Schicht tauschen
command-label-edit = Namen und Farben der Schichten
command-label-hide = Gewählte Schicht aus- oder einblenden
command-label-lock = Gewählte Schicht sperren oder freigeben
command-label-show-all = Alle Schichten zeigen und freigeben
command-view-fit = Ganzen Scan zeigen
command-view-one-to-one = Ein Bildpixel je Bildschirmpixel
command-view-true-proportions = Wahre Proportionen in µm oder quadratische Pixel
command-view-overlay = Maske ein oder aus
command-view-overlay-fainter = Maske schwächer
command-view-overlay-stronger = Maske kräftiger
command-view-overlay-fill = Maske als Füllung zeichnen
command-view-overlay-outline = Maske als Umriss zeichnen
command-view-overlay-both = Maske als Füllung und Umriss zeichnen
command-view-synthetic-outline = Umrisse auf dem synthetischen Bild, an oder aus
command-volume-previous = Vorheriges B-Bild
command-volume-next = Nächstes B-Bild
command-synthesis-keep = Synthetisches Bild beim Dokument ablegen
command-synthesis-reroll = Neu würfeln: anderes Rauschen, gleiche Anatomie
command-volume-filmstrip = Reihe der B-Bilder, an oder aus
command-volume-copy-before = Grenzflächen des vorherigen B-Bilds übernehmen
command-volume-copy-after = Grenzflächen des nächsten B-Bilds übernehmen
command-volume-interpolate-this = Dieses B-Bild aus seinen Nachbarn interpolieren
command-volume-interpolate = Alle B-Bilder zwischen annotierten interpolieren
command-volume-map = Dickenkarte des Volumens
command-tool-ruler = Lineal: eine Strecke messen
command-measure-panel = Messwerte dieses B-Bilds
command-measure-profile = Dickenprofil unter dem Scan, an oder aus
command-measure-calibrate = Pixelgröße in µm und welches Auge
command-measure-copy = Messwerte als Text kopieren
command-measure-export = Messwerte aller B-Bilder als CSV exportieren
command-measure-grader-load = Maske einer zweiten Bewertung laden
command-measure-grader-remove = Maske der zweiten Bewertung entfernen
command-measure-grader-difference = Unterschiede der Bewertungen hervorheben, an oder aus
command-view-solo = Nur die gewählte Schicht zeigen oder wieder alle
command-view-invert = Grauwerte umkehren
command-view-fit-greys = Grauwerte an diesen Scan anpassen
command-view-reset-greys = Grauwerte wie aufgenommen
command-view-compare-alone = Den Scan allein im Fenster oder beide
command-view-compare-beside = Synthetisches Bild neben dem Scan
command-view-compare-wipe = Schieber zwischen Scan und synthetischem Bild
command-view-compare-flicker = Wechsel zwischen Scan und synthetischem Bild
command-view-edit-panel = Leiste: Masken und Synthese
command-view-view-panel = Leiste: Grauwerte, Überlagerung, Vergleich
command-cases-page = Fälle: einen Fall nach Rezept entwerfen, oder zurück zum Editor
command-training-page = Training: Läufe und Modelle, oder zurück zum Editor
command-training-new-run = Neuer Trainingslauf
command-window-palette = Befehl suchen
command-window-keys = Tasten und Gesten
command-window-keymap = Tasten ändern
command-window-side-panel = Leiste rechts, an oder aus
command-window-larger = Schrift und Knöpfe größer
command-window-smaller = Schrift und Knöpfe kleiner
command-window-usual-size = Schrift und Knöpfe in normaler Größe
gesture-shift-wheel = Umschalt + Rad
gesture-size = Pinselgröße
gesture-wheel = Rad, zwei Finger
gesture-zoom = Zoom am Zeiger
gesture-space-drag = Leertaste + Ziehen, Mitteltaste
gesture-pan = Verschieben, auch mitten im Strich
gesture-two-fingers = Zwei Finger
gesture-touch = Zoom und Verschieben am Touchscreen
gesture-ctrl-wheel = Strg + Rad
gesture-turn = Vorheriges, nächstes B-Bild
gesture-double-click = Doppelklick mit der Hand
gesture-fit = Ganzen Scan zeigen
gesture-arrows = Pfeile, Umschalt + Pfeile
gesture-move = Gewählte Läsion um 1 oder 10 px verschieben
gesture-delete = Entf
gesture-delete-lesion = Gewählte Läsion löschen
gesture-enter = Eingabe
gesture-finish = Abschließen, was das Werkzeug hält
gesture-esc = Esc
gesture-abort = Abbrechen; Strich verwerfen

## Quality of the synthetic scan

quality-draft = Entwurf
quality-draft-spoken = Qualität: Entwurf
quality-good = Gut
quality-good-spoken = Qualität: gut
quality-best = Beste
quality-best-spoken = Qualität: beste
command-window-language-system = Sprache: wie der Desktop
command-window-language-english = Sprache: English
command-window-language-german = Sprache: Deutsch
