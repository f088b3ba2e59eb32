# Texte des Fensters auf Deutsch, in der Reihenfolge von en.ftl.

## Buttons and words that several pages share

shell-cancel = Abbrechen
shell-close = Schließen
shell-save = Speichern
shell-discard = Verwerfen
shell-choose = Wählen …
shell-folder = Ordner

## Bar at the top

top-open = Öffnen
top-new-mask = Neue Maske
top-undo = Rückgängig
top-redo = Wiederholen
top-undo-step = Rückgängig: { $step }
top-redo-step = Wiederholen: { $step }
top-nothing-to-undo = Nichts rückgängig zu machen
top-nothing-to-redo = Nichts zu wiederholen
top-of-document = Das betrifft das geöffnete Dokument: Bearbeiten zeigt es
top-history = Verlauf
top-keys = Tasten
top-cases = Fälle
top-edit = Bearbeiten
top-samples-about = Ordner, Masken, zuletzt geöffnete Dateien und mitgelieferte Beispiele
top-samples = Beispiele
top-open-folder = Ordner öffnen …
top-load-labels = Maske auf dieses B-Bild laden …
top-export = Exportieren
top-export-about = Maske, Bild oder Messwerte exportieren
top-export-all = Alles, wie andere Programme es nehmen …
top-export-mask = Maske als PNG …
top-export-paper = Maske, neun Klassen der Studie …
top-export-paper-about = 0 ist Hintergrund auf beiden Seiten, 1-7 die Schichten, 8 jede Flüssigkeit: für andere Programme
top-export-synthetic = Synthetisches Bild als PNG …
top-export-measurements = Messwerte als CSV …
top-export-sectors = ETDRS-Sektoren des Volumens als CSV …
top-figure = Bild für eine Folie: Maßstäbe, Legende, Text
top-save-as = Dokument speichern unter …
top-figure-scan = Scan und Maske
top-figure-synthetic = Synthese und Maske
top-figure-as = { $name } als { $ending }
top-generating = Erzeugung: { $percent } % fertig
top-generate-about = Paare aus Scans und Labels in großer Zahl erzeugen
top-generate = Erzeugen
top-review = Begutachten
top-review-back = Zurück zur Begutachtung
top-training-done = Training: { $percent } % fertig
top-train-about = Ein Modell trainieren
top-train = Training
top-not-saved = Noch nicht in einer Datei gespeichert
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
notice-folded =
    { $count ->
        [one] 1 frühere Warnung
       *[other] { $count } frühere Warnungen
    }
notice-unfold = Aufklappen
notice-fold = Zuklappen
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
step-brush = Pinsel: { $label }
step-repair-order = Schichten ordnen
step-new-noise = anderes Rauschen
step-keep-synthesis = synthetisches Bild behalten
step-load-grader = zweite Bewertung laden
step-remove-grader = zweite Bewertung entfernen
step-calibrate = Pixelgröße oder Fovea
step-label-origin = Herkunft der Maske
step-b-scan-distance = Abstand der B-Bilder
step-clear-lesions = Läsionen entfernen
step-fill-unannotated = nicht Annotiertes füllen: { $label }
step-move-interface = Grenzfläche verschieben: { $interface }
step-thicken = { $layer } verdicken
step-thin = { $layer } verdünnen
step-push = { $layer } verschieben

## The window's graphics device

device-lost-too-often = das Grafikgerät ging in zehn Minuten mehr als dreimal verloren
device-work-kept = Ihre nicht gespeicherte Arbeit ist gesichert: RetiDiff Studio bietet sie beim nächsten Start an.
device-disk-silent = das Laufwerk antwortet nicht
device-work-lost = Ihre nicht gespeicherte Arbeit konnte nicht gesichert werden: { $why }.
device-no-folder = Ihre nicht gespeicherte Arbeit konnte nicht gesichert werden: Es gibt keinen Ordner dafür.
device-made-anew = Das Grafikgerät ging verloren und wurde neu eingerichtet. Von Ihrer Arbeit ging nichts verloren.
device-recent-gone = {" "}Synthetische Bilder, die darauf lagen, fehlen nun in der Liste.
device-exports-gone = {" "}Nicht alle wartenden Exporte konnten fortgesetzt werden: Bitte exportieren Sie diese noch einmal.
device-driver = Ein Grafiktreiber bleibt außen vor: { $why }.
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
question-values = Die Werte von { $name } lassen sich lesen als { $scheme }: { $labels }.
question-labels-replace = Sie ersetzt die Maske dieses B-Bilds; das lässt sich rückgängig machen.
question-load-as-labels = Als Maske laden
question-open-as-scan = Als Scan öffnen

## What the values of a label file are

mapping-title = Was bedeuten diese Werte?
mapping-about = Die Werte von { $name } lassen sich verschieden lesen. Sagen Sie von jedem, was er ist: Nichts wird geraten.
mapping-picture-about = Der Scan mit der Maske, die sich aus Ihren Antworten ergibt
mapping-b-scan = B-Bild
mapping-of-count = von { $count }
mapping-scheme = Schema
mapping-by-hand = eigene Wahl
mapping-certain = { $scheme } (sicher)
mapping-likely = { $scheme } (wahrscheinlich)
mapping-possible = { $scheme } (möglich)
mapping-why = Grund: { $why }.
mapping-remembered = Wie Sie es für diesen Ordner schon gewählt haben.
mapping-say-each = Wählen Sie ein Schema, oder sagen Sie von jedem Wert, was er ist.
mapping-value-is = { $name } ist
mapping-around = was herum liegt
mapping-choose = Wählen …
mapping-background = Hintergrund, beide Seiten
mapping-unannotated = Nicht annotiert
mapping-unanswered = Es ist noch nicht von jedem Wert gesagt, was er ist.
mapping-checking = Die Reihenfolge der Schichten wird geprüft …
mapping-in-order = Die Schichten liegen in der richtigen Reihenfolge.
mapping-disorder = Falsche Reihenfolge: { $disorder }.
mapping-disorder-volume =
    { $count ->
        [one] Ein B-Bild hat eine falsche Reihenfolge
       *[other] { $count } B-Bilder haben eine falsche Reihenfolge
    }, das erste ist { $number }: { $disorder }.
mapping-lesions-only = Es sind nur Läsionen: Die Schichten dieses B-Bilds bleiben. Es lässt sich rückgängig machen.
mapping-lesions-only-volume = Es sind nur Läsionen: Die Schichten aller { $count } B-Bilder bleiben. Es lässt sich in einem Schritt rückgängig machen.
mapping-replaces-volume = Sie ersetzen die Masken aller { $count } B-Bilder; das lässt sich in einem Schritt rückgängig machen.
mapping-other-count = { $name } enthält Masken für { $count } B-Bilder, geöffnet sind { $pages }. Öffnen Sie zuerst das Volumen, zu dem sie gehören.
mapping-another-document = { $file }: Inzwischen wird ein anderes Dokument gezeigt, deshalb wurden die Masken nicht geladen. Laden Sie sie für dieses noch einmal.

## Export

export-title = Export
export-folder-name = export
export-for = Für
export-name = Name
export-folder = Ordner
export-choose = Wählen …
export-picture-of = Bild
export-file-kind = Datei
export-start = Dateien exportieren
export-no-folder = Nennen Sie den Ordner, in den die Dateien kommen.
export-planning = Die Dateien werden zur Ansicht erstellt …
export-figure = einen Artikel oder eine Folie
export-figure-about = Das gezeigte B-Bild neben seiner Maske, mit Maßstab, Legende und Unterschrift
export-pairs = einen Datensatz (PNG-Paare)
export-pairs-about = images und labels in zwei Ordnern, ein PNG je B-Bild: Öffnet sich hier wieder als Ordner
export-nnunet = nnU-Net
export-nnunet-about = imagesTr, labelsTr und dataset.json von nnU-Net v2
export-mirage = MIRAGE
export-mirage-about = train/bscan, train/semseg und INFO.json
export-nifti = NIfTI
export-nifti-about = Ein komprimiertes Volumen der Scans und eines der Masken
export-metaimage = MetaImage
export-metaimage-about = Ein Volumen der Scans und eines der Masken, für ITK-SNAP und 3D Slicer
export-tiff = einen TIFF-Stapel
export-tiff-about = Eine Seite je B-Bild, mit den Abständen, wie ImageJ sie schreibt; eine zweite Datei enthält die Masken
export-dicom = DICOM
export-dicom-about = Die Scans als Ophthalmic Tomography, die Masken als Segmentation und die Grenzflächen als Height Map Segmentation
export-coco = COCO
export-coco-about = Ein PNG je B-Bild und annotations.json mit lauflängenkodierten Masken
export-npz = Python (npz)
export-npz-about = Felder für numpy: Scans, Schichten, Läsionen, Masken, Abstände
export-will-write =
    { $count ->
        [one] Eine Datei wird geschrieben, { $size }
       *[other] { $count } Dateien werden geschrieben, { $size }
    }
export-is-there = gibt es schon
export-replace =
    { $count ->
        [one] Die vorhandene Datei ersetzen
       *[other] Die { $count } vorhandenen Dateien ersetzen
    }
export-appeared = { $file } kam nach der Vorschau hinzu, deshalb wurde nichts geschrieben. Exportieren Sie noch einmal, um zu sehen, was ersetzt würde.
export-nothing-left = Nichts bleibt zurück.
export-left-out = Bleibt zurück: { $what }.
export-left-eye = welches Auge es ist (DICOM enthält es)
export-left-spacing = die Größe eines Pixels
export-left-distance = der Abstand der B-Bilder
export-left-credit = wer als Quelle zu nennen ist (nennen Sie sie, wo Sie die Dateien weitergeben)
export-left-names = die Namen, die Sie Labels gegeben haben
export-left-localizer = das Übersichtsbild
export-left-grader =
    { $count ->
        [one] die zweite Bewertung eines B-Bilds
       *[other] die zweite Bewertung von { $count } B-Bildern
    }
export-left-syntheses =
    { $count ->
        [one] ein synthetisches Bild
       *[other] { $count } synthetische Bilder
    }
export-left-unlabelled =
    { $count ->
        [one] ein B-Bild ohne Maske
       *[other] { $count } B-Bilder ohne Maske
    }
export-no-identity = Niemand ist in den Dateien genannt: Namen, Daten und Nummern von Personen werden beim Öffnen nicht behalten.
export-identity = Geht nicht mit, obwohl die geöffnete Datei es enthält: { $fields }.
export-lacks-labels = Es enthält nur Masken, und hier ist noch nichts annotiert.
export-lacks-spacing = DICOM verlangt die Größe eines Pixels, die hier nicht bekannt ist.
export-lacks-eye = DICOM verlangt, welches Auge es ist; das ist hier nicht bekannt.
export-lacks-one-size = Ein Volumen enthält B-Bilder einer Größe, und diese sind verschieden: Exportieren Sie sie als Datensatz.
export-set-them = Größe und Auge angeben …

## Localizer

localizer-title = Übersichtsbild
localizer-spoken = Übersichtsbild: B-Bild { $number } von { $count } ist hervorgehoben
localizer-go = Zu B-Bild { $number }
localizer-some-lines = Von { $known } der { $count } B-Bilder ist die Lage bekannt.

## Finding a command

palette-find = Befehl suchen
palette-search = Befehle durchsuchen
palette-nothing = Kein Befehl heißt „{ $query }“.

## Keys and gestures

keys-title = Tasten und Gesten
keys-change = Tasten ändern …
keys-language-system = Wie der Desktop
keys-language-english = English
keys-language-german = Deutsch
keys-language-about = Sprache des Fensters (Language)
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
command-file-export = Für andere Programme exportieren: Datensätze, Volumen, DICOM
command-file-export-mask = Maske als PNG exportieren
command-file-export-paper-mask = Maske als PNG mit den neun Klassen der Studie exportieren
command-file-export-synthetic = Synthetisches Bild als PNG exportieren
command-file-figure-scan = Bild für eine Folie: Scan und Maske
command-file-figure-synthetic = Bild für eine Folie: synthetisches Bild und Maske
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
command-mask-new = Neue Maske: nach Flüssigkeit, Zysten und Dicke
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
command-tool-dome = Kuppel: SRF oder PED anheben
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
command-label-6 = Schicht: EZ (ISE), ellipsoide Zone
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
command-volume-label-all = Alle B-Bilder ohne Labels segmentieren
command-volume-map = Dickenkarte des Volumens
command-volume-export-sectors = ETDRS-Sektoren als CSV exportieren
command-volume-export-map = Dickenkarte als Bild exportieren
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
command-view-compare-wipe = Schieber zwischen Scan und synthetischem Bild, an oder aus
command-view-compare-flicker = Wechsel zwischen Scan und synthetischem Bild
command-view-edit-panel = Leiste: Masken und Synthese
command-view-view-panel = Leiste: Grauwerte, Überlagerung, Vergleich
command-window-editor = Bearbeiten: das geöffnete Dokument, anstelle einer anderen Seite
command-cases-page = Fälle: einen Fall nach Rezept entwerfen, oder zurück zum Editor
command-generate-page = Erzeugen: Paare in großer Zahl, oder zurück zum Editor
command-generate-new = Neue Erzeugung von Paaren
command-review-page = Begutachten: Paare eines Satzes, oder zurück zum Editor
command-review-back = Mit der Maske dieses Paares zurück zur Begutachtung
command-review-open = Einen Satz zum Begutachten öffnen
command-training-page = Training: Läufe und Modelle, oder zurück zum Editor
command-training-new-run = Neuer Trainingslauf
command-window-palette = Befehl suchen
command-window-keys = Tasten und Gesten
command-window-keymap = Tasten ändern
command-window-remote = Einen anderen Rechner zeichnen lassen
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

## Files: choosing a place

choose-open = Scan, Maske oder Dokument öffnen
choose-folder = Ordner mit Scans öffnen
choose-labels = Maske auf dieses B-Bild laden
choose-save = Dokument speichern
choose-mask = Maske exportieren
choose-paper-mask = Maske mit den neun Klassen der Studie exportieren
choose-synthetic = Synthetisches Bild exportieren
choose-measurements = Messwerte exportieren
choose-sectors = ETDRS-Sektoren exportieren
choose-map = Dickenkarte exportieren
choose-export-folder = Den Ordner des Exports wählen
choose-figure-scan = Bild für eine Folie: Scan und Maske
choose-figure-synthetic = Bild für eine Folie: synthetisches Bild und Maske
choose-comparison-model = Ein Modell zum Vergleich wählen
choose-second-grader = Maskenbild der zweiten Bewertung öffnen
place-needs-name = { $shown } ist ein Ordner. Geben Sie auch den Namen der Datei an, etwa { $example }.
place-is-folder = { $path } ist ein Ordner. Geben Sie einen anderen Namen an.
place-no-folder = Es gibt keinen Ordner { $folder }. Legen Sie ihn zuerst an, oder geben Sie einen anderen an.
place-no-relative-folder = Es gibt keinen Ordner { $folder }: { $typed } zählt ab dem Ordner, in dem das Programm gestartet wurde. Legen Sie ihn zuerst an, oder geben Sie einen ganzen Pfad an.
filter-everything = Scans, Masken, Dokumente
filter-all = Alle Dateien
filter-table = Tabelle
filter-model = Modell
filter-labels = Maskenbild
filter-picture = Bild
filter-document = RetiDiff-Dokument
filter-png = PNG-Bild
path-replace-it = { $path } gibt es schon. Ersetzen?
path-replace = Ersetzen
path-another = Anderer Name
path-folder = Pfad des Ordners
path-file = Pfad der Datei
path-type-folder = Dieses System zeigt keinen Dateidialog. Geben Sie den Pfad des Ordners ein.
path-type-file = Dieses System zeigt keinen Dateidialog. Geben Sie den Pfad der Datei ein.
path-open = Öffnen

## Files: opening

open-folder-of-boundary = { $file }: enthält eine Grenzfläche einer Person, deshalb wurde der Ordner geöffnet
open-left-out = { $file }: ausgelassen, { $why }
open-reading = { $name } wird gelesen
open-reading-part = { $name } wird gelesen: Scan { $number } von { $parts }
open-one-document = denn es ist nur ein Dokument zugleich offen; ein Ordner öffnet sich als eines
open-one-set = denn ein B-Bild hat nur eine Maske
open-trace-the-rest = {" "}(Strg T oder „Schichten segmentieren“).
open-trace-the-volume = {" "}(hier: Strg T oder „Schichten segmentieren“; überall: „Alle B-Bilder segmentieren“ im Reiter Volumen).
open-as-paper = { $name }: als die neun Klassen der Studie gelesen, 8 ist Flüssigkeit
step-labels-from = Maske aus { $file }
open-another-b-scan = { $file }: Inzwischen wird ein anderes B-Bild gezeigt, deshalb wurde die Maske nicht geladen. Gehen Sie zu dem B-Bild, zu dem sie gehört, und laden Sie sie noch einmal.
keep-no-journal = Die Arbeit wird nicht gegen einen Absturz gesichert: { $error }. Speichern Sie oft.
keep-journal-fails = Die Arbeit wird nicht gegen einen Absturz gesichert: { $error }. Schaffen Sie dort Platz, oder nennen Sie in RETIDIFF_DATA einen Ordner auf einem anderen Datenträger und starten Sie neu. Speichern Sie das Dokument bis dahin oft.
keep-came-first = { $name } wurde gelesen, aber nicht geöffnet: Etwas anderes kam zuvor. Öffnen Sie es noch einmal.
keep-not-read = { $name } wurde nicht geöffnet: Etwas anderes kam zuvor. Öffnen Sie es noch einmal.
keep-no-folder-chosen = Es wurde kein Ordner gewählt: Etwas anderes kam zuvor. Öffnen Sie ihn noch einmal.
sample-credit = Scan und Schichten: Tian et al., PLOS ONE 10(8): e0133908 (2015), CC BY 4.0
sample-credit-drawn = Scan und Schichten: Tian et al., PLOS ONE 10(8): e0133908 (2015), CC BY 4.0. Zysten: gezeichnetes Beispiel
sample-fovea = Fovea, gesund
sample-cysts = Fovea mit gezeichneten Zysten (Beispiel)
sample-periphery = Außerhalb der Fovea, gesund

## Files: writing

file-exported = Exportiert nach { $path }
file-no-thread = für die Datei konnte kein Vorgang gestartet werden: { $error }
file-not-removed = { $path } konnte nicht entfernt werden: { $error }. Entfernen Sie den Ordner von Hand.
file-broke-off = die Arbeit an einer Datei brach ab; versuchen Sie es noch einmal
file-no-history = Das Dokument ist gespeichert. Seine Schritte konnten nicht in { $folder } abgelegt werden: { $error }.
file-not-written = { $path } konnte nicht geschrieben werden: { $error }. Wählen Sie einen anderen Ordner.
file-not-permitted = { $path } konnte nicht geschrieben werden: In diesen Ordner dürfen Sie nicht schreiben. Wählen Sie einen anderen.
file-no-space = { $path } konnte nicht geschrieben werden: Der Datenträger ist voll. Schaffen Sie Platz, oder wählen Sie einen anderen Ordner.
figure-not-complete = Das synthetische Bild ist noch nicht fertig oder liegt auf der Grafikkarte: Warten Sie, bis es fertig ist, drücken Sie Behalten und versuchen Sie es noch einmal.
path-another-document = { $purpose }: Inzwischen wird ein anderes Dokument gezeigt, deshalb geschah nichts. Wählen Sie es für dieses noch einmal.

## Picture for a slide

figure-source = Quelle: { $credit }
figure-model = Modell { $model }, Seed { $seed }, { $steps } Schritte
figure-synthetic = Synthetisches B-Bild
figure-scan = B-Bild

## Page of cases

cases-title = Fälle
cases-solving = wird gelöst
cases-open-about = Diesen Fall im Editor öffnen: weiter malen, das synthetische Bild sehen, speichern, exportieren
cases-open = Fall öffnen
cases-put = Auf dieses B-Bild
cases-put-about = Ersetzt die Masken des B-Bilds im Editor; ein Schritt, der sich rückgängig machen lässt
cases-put-other-size = Das B-Bild im Editor hat eine andere Größe oder andere Pixel: Öffnen Sie den Fall als eigenes Dokument
step-case = Fall: { $name }
cases-copy-about = Das Rezept als Text, für Kollegen oder für „retidiff case build“
cases-copy = Rezept kopieren
cases-impossible = Keine Maske erfüllt dieses Rezept
cases-fovea = Fovea
cases-mask = Maske des Falls
cases-asked-and-measured = Gewünscht und gemessen
cases-asked = gewünscht
cases-measured = gemessen
cases-within = Toleranz
cases-at-most = höchstens { $value }
cases-exact = genau
cases-central-thickness = Zentrale Netzhautdicke
cases-order = Spalten mit falscher Reihenfolge
cases-smooth = Steilste Stufe zwischen Spalten
cases-rows =
    { $count ->
        [one] { $rows } Zeile
       *[other] { $rows } Zeilen
    }
cases-layer-thickness = { $layer }, Dicke
cases-cysts = Zysten
cases-srf-domes = SRF-Kuppeln
cases-ped-domes = PED-Kuppeln
cases-cysts-together = Zysten, zusammen
cases-srf-together = SRF, zusammen
cases-ped-together = PED, zusammen
cases-loss = Rest von { $layer }

## One eye over time, on the page of cases

cases-part-case = Fall
cases-part-case-spoken = Ein Fall
cases-part-course = Verlauf
cases-part-course-spoken = Ein Auge im Verlauf
course-last = Letzter Besuch
course-last-spoken = Letzter Besuch: { $name }
course-making = die Besuche entstehen
course-locked = Gleicher Ort
course-locked-spoken = Netzhaut bei jedem Besuch am gleichen Ort: nur die Krankheit ändert sich
course-fresh = Neu gelegt
course-fresh-spoken = Netzhaut bei jedem Besuch neu verschoben und geneigt, wie in der Klinik
course-clinic = 0, 1, 3, 6, 12
course-clinic-spoken = Besuche nach 0, 1, 3, 6 und 12 Monaten
course-monthly = Jeden Monat
course-monthly-spoken = Ein Jahr lang jeden Monat ein Besuch
course-visit = Besuch
course-month = Monat { $month }
course-facts = Monat { $month }: zentrale Netzhautdicke { $central } µm (gewünscht { $central_asked }), Flüssigkeit { $fluid } mm² (gewünscht { $fluid_asked })
course-central = Zentrale Netzhautdicke, µm, über Monate
course-fluid = Flüssigkeit, mm², über Monate
course-film = Film
course-film-about = Die Besuche nacheinander, als bewegtes PNG für Folien und Webseiten
course-strip-png = Streifen PNG
course-strip-svg = Streifen SVG
course-strip-pdf = Streifen PDF
course-strip-about = Die Besuche nebeneinander, mit Legende und Maßstab
course-table = Tabelle
course-table-about = Gewünscht und gemessen bei jedem Besuch, als CSV
course-no-forecast = Ein entworfener Verlauf, nie die Vorhersage für einen Patienten.
course-impossible = Kein Verlauf zwischen diesen beiden Fällen
course-not-ready = Die Besuche entstehen gerade neu: Warten Sie, bis sie da sind, und exportieren Sie noch einmal.
choose-course = Besuche exportieren

## Recipe of a case

recipe-title = Rezept
recipe-name = Name
recipe-eye = Auge
recipe-right-eye = Rechtes Auge
recipe-left-eye = Linkes Auge
recipe-seed = Seed
recipe-seed-about = Alles, was das Rezept offen lässt. Gleiches Rezept und gleicher Seed geben die gleiche Maske.
recipe-another-seed-about = Ein anderes Auge, das dasselbe Rezept erfüllt
recipe-another-seed = Anderer Seed
recipe-srf = SRF-Kuppel
recipe-srf-about = Subretinale Flüssigkeit: eine Kuppel zwischen Photorezeptoren und RPE
recipe-ped = PED-Kuppel
recipe-ped-about = Pigmentepithelabhebung: das RPE, von der Bruch-Membran abgehoben
recipe-central-about = Mittlerer Abstand von der ILM zur BM im Millimeter um die Fovea, mit Flüssigkeit
recipe-central = Zentrale Netzhautdicke
recipe-thickness = Dicke
recipe-cysts = Zysten
recipe-cysts-about = Wie viele: genau so viele getrennte Zysten
recipe-remove-cysts-about = Diese Zysten entfernen
recipe-remove-cysts = Zysten entfernen
recipe-layer = Schicht
recipe-widths = Breiten
recipe-within = Innerhalb
recipe-within-about = Größter Abstand einer Zyste von der Fovea
recipe-add-cysts-about = Eine weitere Gruppe intraretinaler Zysten: Anzahl, Schicht, Größe
recipe-add-cysts = Zysten hinzufügen
recipe-narrowest = Schmalste Zyste
recipe-widest = Breiteste Zyste
recipe-height = Höhe
recipe-width = Breite
recipe-position = Position
recipe-position-about = Der Mitte entlang des Scans, von der Fovea aus; nach rechts positiv
recipe-to = bis
cases-part-quiz = Quiz
cases-part-quiz-spoken = Ein Quiz aus Fällen
cases-share = Fall teilen
cases-share-about = Eine kleine Datei, die im Studio, im Quiz und in der Vorführung aufgeht: Rezept, Seed, Worte und wie das Bild gezeichnet wird
cases-not-ready = Der Fall wird noch gelöst, oder keine Maske erfüllt sein Rezept: Warten Sie, oder ändern Sie das Rezept.
course-scan = Synthetischer Scan des Besuchs
course-scans = Scans
course-scans-spoken = Die synthetischen Scans der Besuche zeigen
course-labels = Masken
course-labels-spoken = Die Masken der Besuche zeigen
course-drawing = Scan { $there } von { $of } ist da
course-no-scans = Nur Masken: { $why }
course-poster-png = Poster als PNG
course-poster-svg = Poster als SVG
course-poster-pdf = Poster als PDF
course-poster-about = Scans und Masken der Besuche über ihren Kurven, auf einer Seite
choose-quiz = Quiz oder geteilten Fall öffnen
choose-quiz-results = Antworten des Quiz sichern
choose-share-case = Fall teilen
filter-quiz = Quizze und Fälle
filter-case = RetiDiff-Fall
command-cases-quiz = Quiz: Fragen zu Fällen beantworten, die ILM zeichnen, Flüssigkeit markieren
command-cases-share = Fall als eine kleine Datei teilen
quiz-title = Quiz
quiz-about = Scans entworfener Fälle: Sagen Sie, was da ist, zeichnen Sie die ILM, markieren Sie die Flüssigkeit. Die Maske hinter jedem Scan weiß die Antwort; so wird auch das Zeichnen bewertet.
quiz-gallery = Sechs Fälle der Galerie
quiz-gallery-about = Vorlagen als Augen, die niemand gesehen hat, jedes Mal andere
quiz-this-case = Der Fall im Formular
quiz-this-case-about = Fragen zu dem Fall, der gerade entworfen wird
quiz-files = Quiz oder Fall öffnen …
quiz-files-about = Eine Seite, die „retidiff case quiz“ gemacht hat, oder ein geteilter Fall; mehrere lassen sich zusammen hier ablegen
quiz-waiting = Der erste Scan wird gezeichnet.
quiz-case = Fall { $number }
quiz-scan = B-Bild von { $case }. { $question }
quiz-progress = Frage { $number } von { $of } · { $case }
quiz-synthetic = SYNTHETISCH – nicht zur Diagnose
quiz-leave = Verlassen
quiz-irf = Ist intraretinale Flüssigkeit da?
quiz-srf = Ist subretinale Flüssigkeit da?
quiz-ped = Ist eine Pigmentepithelabhebung da?
quiz-cyst-layer = In welcher Schicht liegen die meisten Zysten?
quiz-central = Liegt die mittlere Dicke über dem zentralen Millimeter über 300 µm?
quiz-draw-ilm = Zeichnen Sie die innere Grenzmembran (ILM) von Rand zu Rand.
quiz-mark-fluid = Markieren Sie alle Flüssigkeit.
quiz-yes = Ja
quiz-no = Nein
quiz-right = Richtig.
quiz-wrong = Nein.
quiz-line = Im Mittel { $um } µm daneben, { $drawn } % gezeichnet.
quiz-fluid = Dice { $dice }, { $missed } von { $lesions } übersehen.
quiz-truth-none = Es ist keine da.
quiz-truth-regions-area =
    { $count ->
        [one] Ein Bereich ist da, { $area } mm².
       *[other] { $count } Bereiche sind da, zusammen { $area } mm².
    }
quiz-truth-layer = { $percent } % ihrer Fläche liegen darin.
quiz-truth-central = Sie beträgt { $um } µm.
quiz-truth-line = Die wahre Linie ist gestrichelt gezeigt.
quiz-truth-regions =
    { $count ->
        [one] Ein Bereich ist da; er ist umrandet.
       *[other] { $count } getrennte Bereiche sind da; sie sind umrandet.
    }
quiz-verdict = { $verdict } { $truth } Punkte: { $points }
quiz-done = Fertig
quiz-done-about = Bewertet, was gezeichnet wurde   Enter
quiz-erase = Radieren
quiz-erase-about = Nimmt Markierungen weg; die rechte Taste tut das auch
quiz-next = Weiter
quiz-results = Ergebnis
quiz-help-choice = Drücken Sie eine Antwort oder ihre Nummer.
quiz-help-line = Zeichnen Sie mit dem Zeiger oder mit den Pfeiltasten: Sie zeichnen im Gehen; mit Umschalt geht es um einzelne Pixel. Enter schließt ab.
quiz-help-fluid = Markieren Sie mit dem Zeiger, oder gehen Sie mit den Pfeiltasten, markieren Sie mit der Leertaste, nehmen Sie mit der Rücktaste weg. Enter schließt ab.
quiz-score = { $points } von { $count } Punkten
quiz-save = Antworten sichern (CSV)
quiz-save-about = Eine Zeile je Antwort: Fall, Frage, Antwort, Wahrheit, Punkte
quiz-again = Noch einmal
quiz-left-out = Ausgelassen: { $why }
quiz-column-case = Fall
quiz-column-question = Frage
quiz-column-answer = Antwort
quiz-column-truth = Wahrheit
quiz-column-points = Punkte
quiz-short-irf = Intraretinale Flüssigkeit
quiz-short-srf = Subretinale Flüssigkeit
quiz-short-ped = PED
quiz-short-cyst-layer = Schicht der Zysten
quiz-short-central = Über 300 µm
quiz-short-draw-ilm = ILM
quiz-short-mark-fluid = Flüssigkeit
cases-scan = Synthetischer Scan des Falls
cases-part-scan = Scan
cases-scan-spoken = Den synthetischen Scan des Falls zeigen
cases-labels-spoken = Die Masken des Falls zeigen
cases-poster-about = Der Fall auf einer Seite: seine Masken, sein Scan, wo er gezeigt ist, die Dicke über die Fovea
recipe-remove-layer = Die Dicke dieser Schicht entfernen
recipe-add-layer = Schicht hinzufügen
recipe-add-layer-about = Eine Schicht, die über eine Breite eine mittlere Dicke haben soll; Zysten in ihr zählen mit
recipe-layer-spoken = Schicht: { $layer }
recipe-loss = Verlust
recipe-loss-of = dieser Schichten:
recipe-remove-loss = Diesen Verlust entfernen
recipe-add-loss = Verlust hinzufügen
recipe-add-loss-about = Schichten, die über eine Breite verloren sind, wie bei Atrophie
recipe-left = Rest
recipe-left-about = Dicke, die von jeder dieser Schichten bleibt
recipe-scan = Scan und Auge
recipe-fovea = Fovea
recipe-fovea-about = Abstand der Fovea von der Mitte des Scans; nach rechts positiv
recipe-from-fovea = Daneben
recipe-from-fovea-about = Abstand des Scans von der Fovea, quer zu ihm: 0 ist der foveale Scan
recipe-tilt = Neigung
recipe-tilt-about = Gefälle der Netzhaut im Scan; aus wählt der Seed eines
recipe-slope = Gefälle
recipe-pit = Grube
recipe-pit-about = Anteil der fovealen Grube, der bleibt: 100 % eine gesunde Grube, 0 % innere Schichten, die über die Fovea laufen
recipe-variation = Streuung
recipe-variation-about = Wie sehr sich Seeds unterscheiden: 100 % wie Augen, 0 % gar nicht
cases-cannot-solve = Der Fall lässt sich nicht lösen: { $error }. Schließen Sie andere Programme.
cases-failed = Dieses Rezept ließ sich nicht lösen; ändern Sie es ein wenig.
case-healthy-young = Gesund, jung
case-healthy-young-about = Eine gesunde Makula mit tiefer Grube und dicken Ganglienzellschichten.
case-healthy-old = Gesund, alt
case-healthy-old-about = Eine gesunde Makula im Alter: dünnere Nervenfaser- und Ganglienzellschichten, flachere Grube.
case-dme-mild = DMÖ, leicht
case-dme-mild-about = Ein diabetisches Makulaödem, das beginnt: einige kleine Zysten neben der Fovea, die Grube noch da.
case-dme-moderate = DMÖ, mäßig
case-dme-moderate-about = Zysten in INL und ONL um die Fovea und eine verdickte Mitte; die Grube ist flach.
case-dme-severe = DMÖ, schwer
case-dme-severe-about = Große Zysten in der Fovea, viele um sie, Flüssigkeit unter der Netzhaut; die Grube ist fort.
case-macular-oedema-diffuse = Makulaödem, diffus
case-macular-oedema-diffuse-about = Eine Netzhaut, die wie ein Schwamm geschwollen ist, mit wenigen kleinen Zysten.
case-csc = CSC
case-csc-about = Chorioretinopathia centralis serosa: eine breite Kuppel subretinaler Flüssigkeit, darunter eine kleine Abhebung.
case-namd-ped = nAMD mit PED
case-namd-ped-about = Neovaskuläre altersbedingte Makuladegeneration: eine große Abhebung, Flüssigkeit daneben, Zysten darüber.
case-epiretinal-traction = Epiretinale Traktion
case-epiretinal-traction-about = Eine Membran auf der Netzhaut hat die Grube flach gezogen: Innere Schichten laufen dick über die Fovea, mit einigen Zysten.
case-geographic-atrophy = Geographische Atrophie
case-geographic-atrophy-about = Photorezeptoren und Pigmentepithel fehlen um die Fovea, die äußere Körnerschicht ist dünner.
case-srf-only = Nur SRF
case-srf-only-about = Eine Kuppel subretinaler Flüssigkeit und sonst nichts.
case-ped-only = Nur PED
case-ped-only-about = Eine Abhebung des Pigmentepithels und sonst nichts.

## Synthesis: its section of the panel

synthesis-title = Synthese
synthesis-seed = Seed
synthesis-seed-about = Das Rauschen dieses Dokuments. Gleicher Seed und gleiche Maske geben das gleiche Bild.
synthesis-reroll = Neu würfeln
synthesis-strength = Synthese
synthesis-real = real
synthesis-synthetic = synthetisch
synthesis-strength-about = Wie weit sich das Bild vom realen Scan entfernen darf: am linken Ende ist es dieser Scan, am rechten reine Synthese. Die Zahl der Schritte bleibt gleich.
synthesis-strength-no-scan = Auf dieser Seite gibt es keinen realen Scan, zu dem das Bild zurückgehen könnte.
advanced-about = Zahl der Schritte, Sampler, Rauschstufen, Guidance, Modell und Gerät
synthesis-advanced = Erweitert
synthesis-quality = Qualität
synthesis-quality-about = Wie gut das Bild wird, wenn die Hand ruht; ein besseres dauert länger
synthesis-as-in-scans = wie echt
synthesis-contrast-about = Läsionskontrast: wie deutlich Zysten und Flüssigkeit hervortreten, wie in echten Scans oder mehr. Weiter als fünf Pixel von einer Läsion ändert sich nichts, und das Bild braucht nicht länger.
synthesis-contrast = Läsions-Kontrast
advanced-steps = Schritte
advanced-steps-spoken = { $steps } Schritte
advanced-steps-about = Schritte, in denen das Bild gezeichnet wird, wenn die Hand ruht: mehr dauern länger
advanced-sampler-about = Der Weg vom Rauschen zum Bild. DPM++ kommt in wenigen Schritten am weitesten; DDPM fügt unterwegs Rauschen hinzu und braucht viele
advanced-compute-about = Wo Scans und Masken berechnet werden
advanced-sampler = Sampler
advanced-noise-levels = Rauschstufen
advanced-noise-levels-about = Wo zwischen Rauschen und Bild die Schritte liegen: gleichmäßig in der Zeit, oder mehr davon dort, wo sich die Helligkeit des ganzen Bildes entscheidet (Karras, log-SNR). Ein einzelner Schritt ist in allen gleich
advanced-noise-time = Zeit
advanced-noise-time-spoken = Rauschstufen gleichmäßig in der Zeit
advanced-noise-karras = Karras
advanced-noise-karras-spoken = Rauschstufen nach Karras
advanced-noise-log-snr = log-SNR
advanced-noise-log-snr-spoken = Rauschstufen gleichmäßig in log-SNR
advanced-guidance = Guidance
advanced-guidance-about = Wie stark das Bild seiner Maske folgt: 1 wie beim Training. Über 1 dauert ein Schritt doppelt so lange.
advanced-no-guidance = Dieses Modell wurde nie ohne Masken trainiert; es gibt nichts, wovon es wegzuführen wäre.
synthesis-off = AUS
synthesis-loading = lädt
synthesis-step-of = Schritt { $step } von { $of }
advanced-loading-model = lädt …
advanced-model = Modell
advanced-device = Gerät
advanced-picture = Bild
advanced-picture-about = So lange brauchte das Bild auf dem Schirm
advanced-generate-about = Wie Scans und Masken berechnet werden, und wo
advanced-generate-steps-about = Schritte, in denen ein Scan gezeichnet wird; die Qualität oben ist eine von drei üblichen Zahlen. Mehr dauern länger
advanced-mask-steps = Maskenschritte
advanced-mask-steps-about = Schritte, in denen eine Maske gezeichnet wird: mehr dauern länger
advanced-mask-guidance-about = Wie stark das Maskenmodell zu den Bedingungen gedrängt wird; 1 ist seine eigene Antwort
advanced-mask-guidance-spoken = Wie weit die Bedingungen befolgt werden
synthesis-why-no-gpu-on = Warum keine GPU auf { $host }: { $note }.
synthesis-on-host = auf { $host }
synthesis-drawn-on = Rechner
synthesis-this-computer = dieser Rechner
synthesis-drawn-on-about = Einen Rechner mit Grafikkarte für diesen zeichnen lassen
remote-title = Zeichnender Rechner
remote-about = Ein Rechner mit Grafikkarte kann für diesen zeichnen. Geben Sie den Befehl an, der RetiDiff dort startet; nur Masken und Bilder reisen, und dieser Rechner zeichnet, wann immer der andere fort ist. Wo SSH nicht erlaubt ist, macht „retidiff pair“ einen gekoppelten Rechner daraus.
remote-command = Befehl
remote-now = Jetzt: { $device }
remote-now-none = Jetzt: kein Modell geladen
remote-use = Verwenden
remote-paired = Mit diesem Rechner gekoppelt
remote-paired-hint = Setzt den Befehl, der ihn erreicht, in das Feld
remote-try = Prüfen
remote-trying = { $host } wird gefragt …
remote-reached = { $host } antwortet nach { $ms } ms: { $program }
remote-not-reached = { $host } antwortet nicht: { $why }
remote-here = Auf diesem Rechner zeichnen
remote-cut = Die Verbindung zu { $host } ist abgebrochen ({ $why }). Dieser Rechner zeichnet, bis sie zurück ist; nichts geht verloren.
remote-unreachable = { $host } ist nicht erreichbar: { $why }. Dieser Rechner zeichnet; es wird erneut versucht.
remote-back = { $host } zeichnet wieder; die Maske wurde noch einmal gesendet.
synthesis-why-no-gpu = Warum keine GPU: { $note }.
synthesis-remembered = gemerkt
synthesis-updating = WIRD ERNEUERT
synthesis-draft = ENTWURF
synthesis-real-scan = REALER SCAN
synthesis-at-quality = QUALITÄT: { $quality }
synthesis-refined =
    { $steps ->
        [one] VERFEINERT · 1 SCHRITT
       *[other] VERFEINERT · { $steps } SCHRITTE
    }
synthesis-steps =
    { $steps ->
        [one] 1 Schritt
       *[other] { $steps } Schritte
    }
advanced-dpm = DPM++
advanced-dpm-spoken = Sampler DPM-Solver++
advanced-ddim = DDIM
advanced-ddim-spoken = Sampler DDIM
advanced-ddpm = DDPM
advanced-ddpm-spoken = Sampler DDPM

## Synthesis: what it says

synthesis-no-thread = Die Synthese konnte nicht gestartet werden: { $error }
synthesis-no-model = Es gibt kein synthetisches Bild: Kein Modell ist geladen.
synthesis-strength-zero = Bei Stärke 0 ist das Bild der reale Scan; erhöhen Sie sie für ein synthetisches.
synthesis-too-many = Zu viele Exporte warten; versuchen Sie es nach diesen noch einmal.
synthesis-comparison-failed = Das Vergleichsbild konnte nicht erzeugt werden: { $message }
synthesis-scan-failed = Das synthetische Bild konnte nicht erzeugt werden: { $message }
synthesis-device-lost = Das Grafikgerät ging verloren; die Synthese läuft langsamer auf der CPU weiter.
step-bring-back = Bild zurückholen

## Comparison and recent pictures

compare-title = Vergleichen mit
compare-scan = Scan
compare-scan-spoken = Mit dem realen Scan vergleichen
compare-kept = Behalten
compare-kept-spoken = Mit einem behaltenen Bild vergleichen
compare-quality = Qualität
compare-quality-spoken = Mit anderer Qualität vergleichen
compare-model = Modell
compare-model-spoken = Mit einem anderen Modell vergleichen
compare-keep-about = Von nun an steht dieses Bild links
compare-keep-now = Das Bild so behalten
compare-keep = Bild behalten
compare-with-quality = Mit { $quality } vergleichen
compare-model-file = Modelldatei …
compare-model-about = Eine Modelldatei, etwa die eines Zwischenstands
compare-choose-model = Modelldatei wählen
recent-title = Letzte Bilder
recent-none = Hier sammeln sich fertige Bilder, um sie zurückzuholen oder damit zu vergleichen.
recent-about = Ein Klick holt eines zurück, die rechte Taste vergleicht damit.
recent-picture = Letztes Bild { $number }
recent-strength = , Stärke { $percent } %
advanced-recent-facts = B-Bild { $b_scan }, Seed { $seed }, { $steps }, { $sampler }{ $from }
compare-kept-picture = behaltenes Bild { $number }

## New masks

mask-no-scan = Neue Maske (kein realer Scan)
mask-no-thread = Das Erzeugen von Masken konnte nicht gestartet werden: { $error }
mask-varied-name = variierte Maske (Seed { $seed })
mask-new-name = neue Maske (Seed { $seed })
mask-fluid = Flüssigkeit
mask-fluid-about = Fläche intraretinaler Flüssigkeit
mask-cysts = Zysten
mask-cysts-about = Zahl getrennter Flüssigkeitsgebiete
mask-thickness = Dicke
mask-thickness-about = Netzhaut, ILM bis BM, im mittleren Millimeter
mask-condition-off = { $hint }. Aus: dem Modell überlassen
mask-any = beliebig
mask-variation = Variation
mask-variation-about = Wie weit „Maske variieren“ geht: 0 % ist die Maske selbst, 100 % ein anderes Auge
mask-opens-as = Öffnen als
mask-new-document = Dokument
mask-new-document-spoken = Als neues Dokument öffnen
mask-this-b-scan = Dieses B-Bild
mask-this-b-scan-spoken = Die Maske dieses B-Bilds ersetzen
mask-generate-about = Masken nach den eingeschalteten Bedingungen erzeugen
mask-generate = Erzeugen
mask-generate-spoken = Masken erzeugen
mask-vary-about = Masken wie die offene erzeugen; nicht annotierte Pixel gelten als Glaskörper
mask-vary = Maske variieren
mask-empty-about = Eine leere Seite für Masken öffnen, ohne realen Scan
mask-empty = Leere Seite
mask-empty-spoken = Leere Seite ohne Scan
mask-drawing = zeichnet, { $percent } %
mask-choose = Synthetische Masken. Wählen Sie eine, um sie zu öffnen.
mask-choose-about = Jede Wahl ist ein Schritt, der sich rückgängig machen lässt. Synthetisch: nicht zur Diagnose.
mask-candidate = Vorschlag { $number }
mask-varied = VARIIERT
mask-candidate-varied = Eine Variation der offenen Maske, Seed { $seed }, { $model }. Spalten, deren Schichten geordnet wurden: { $columns }. Klicken, um sie auf diese Seite zu legen.
mask-candidate-generated = Eine erzeugte Maske, Seed { $seed }, { $model }. Spalten, deren Schichten geordnet wurden: { $columns }. Klicken, um sie auf diese Seite zu legen.
mask-unmet = NICHT ERREICHT
mask-unmet-fluid = Kein Platz für das Gewünschte: Flüssigkeit { $measured } mm² statt { $requested }
mask-unmet-cysts = Kein Platz für das Gewünschte: Zysten { $measured } statt { $requested }
mask-unmet-thickness = Kein Platz für das Gewünschte: Dicke { $measured } µm statt { $requested }
mask-no-fluid = keine Flüssigkeit   { $thickness }
mask-cyst-count =
    { $count ->
        [one] { $fluid } mm², 1 Zyste   { $thickness }
       *[other] { $fluid } mm², { $count } Zysten   { $thickness }
    }

## Training: form of a run

training-new-run = Neuer Lauf
training-resume-of = { $name } fortsetzen
training-branch-at = Abzweig bei Schritt { $step }
training-start = Training starten
training-resume = Training fortsetzen
training-start-branch = Abzweig starten
training-preset = Vorlage
training-preset-live = live
training-preset-live-spoken = Vorlage live
training-preset-teacher = teacher
training-preset-teacher-spoken = Vorlage teacher
training-preset-paper = paper
training-preset-paper-spoken = Vorlage paper
training-stage = Stufe
training-stage-pretrain = Vortraining
training-stage-pretrain-spoken = Stufe 1: nur Scans
training-stage-masks = Masken
training-stage-masks-spoken = Stufe 2: Masken
training-stage-finetune = Feinschliff
training-stage-finetune-spoken = Stufe 3: Scans aus Masken
training-stage-distill = Destillieren
training-stage-distill-spoken = Ein Modell, das in einem Schritt zeichnet
training-stage-segment = Segmentieren
training-stage-segment-spoken = Ein Segmentierer, der Scans beschriftet
training-network = Netz
training-network-small = small
training-network-small-spoken = Netz small: das des Programms, für eine CPU
training-network-unet = U-Net
training-network-unet-spoken = Netz U-Net
training-network-ynet = YNet
training-network-ynet-spoken = Netz YNet
training-network-relaynet = ReLayNet
training-network-relaynet-spoken = Netz ReLayNet
training-network-gdnet = GDNet
training-network-gdnet-spoken = Netz GDNet, ein Nachbau
training-name = Name
training-compute-on = Rechnen auf
training-device-auto = auto
training-device-auto-spoken = Einer GPU, wo es eine gibt
training-device-gpu = GPU
training-device-gpu-spoken = Auf der GPU trainieren
training-device-cpu = CPU
training-device-cpu-spoken = Auf der CPU trainieren
training-device-remote-spoken = Auf { $host } trainieren, dem Rechner, der zeichnet
training-watch-about-form = Der offene Scan und seine Maske, oben auf jedem Beispielblatt während des Trainings
training-watch = Die offene Maske verfolgen
training-more = Weitere Einstellungen
training-data-set = Datensatz
training-remote-data = Name eines Datensatzes dort
training-remote-data-about = Ein Ordner im Datenordner des anderen Rechners; kopieren Sie ihn zuerst dorthin. Läufe stehen in Ihrer Liste wie die dieses Rechners.
training-looking = Wird gelesen …
training-split-as-built = , aufgeteilt wie erstellt
training-scans = { $training } Scans zum Trainieren, { $validation } zum Validieren{ $split }
training-labelled-scans =
    { $count ->
        [one] 1 annotierter Scan zum Trainieren
       *[other] { $count } annotierte Scans zum Trainieren
    }{ $traced }, { $validation } zum Validieren{ $split }
training-no-data-set = Das ist kein Datensatz.
training-traced-taken = {" "}({ $count } davon automatisch segmentiert)
training-traced-left-out = {" "}({ $count } automatisch segmentierte ausgelassen)
training-split = Aufteilung
training-split-built = wie der Datensatz erstellt wurde
training-split-own = die des Programms: Duke 7-8 und Tian 7 validieren
training-split-about = Welche Personen validieren und welche zurückgehalten werden
training-choose-split = Datei der Aufteilung wählen
training-clear = Leeren
training-clear-split = Datei der Aufteilung entfernen
training-choose-model = ein Modell wählen
training-fresh = neue Gewichte
training-teacher = Lehrer
training-begin-with = Beginnen mit
training-bundled-model = { $name } (mitgeliefert)
training-choose-model-file = Modelldatei wählen
training-network-taken = { $name }; sein Netz wird übernommen
training-estimate = Schätzung
training-settings-unfit = Die Einstellungen passen noch nicht zusammen.
training-time = { $time } für { $steps } Schritte bei { $secs } s je Schritt, nach dem Tempo des letzten Laufs hier
training-operations = { $billions } Milliarden Operationen je Schritt; die Dauer ist bekannt, sobald hier ein Lauf gemessen wurde
training-memory-needed = Etwa { $gigabytes } GB Speicher, { $millions } Millionen Gewichte
training-cost-unknown = Zeit und Speicher dieses Netzes sind bekannt, sobald es läuft.
training-machine = Dieser Rechner: { $machine }
training-field-drm = Dynamic Region Masking
training-field-steps = Schritte
training-field-batch = Batch
training-field-accumulation = Batches je Schritt
training-field-arithmetic = Rechengenauigkeit
training-field-gradient-checkpointing = Zwischenwerte neu rechnen
training-field-learning-rate = Lernrate
training-field-crop-columns = Spalten des Ausschnitts
training-field-crop-rows = Zeilen des Ausschnitts
training-field-seed = Seed
training-field-validate-every = Schritte je Validierung
training-field-sample-every = Schritte je Beispielbogen
training-field-checkpoint-minutes = Minuten je Zwischenstand
training-field-memorisation-stop = Halt bei Auswendiglernen
training-field-constant-learning-rate = Gleichbleibende Lernrate
training-field-warmup-steps = Anlaufschritte
training-field-weight-decay = Weight Decay
training-field-gradient-clip = Gradientengrenze
training-field-ema-decay = EMA-Abklingrate
training-field-min-snr-gamma = Min-SNR-Gamma
training-field-lesion-weight = Gewicht der Läsionen
training-field-mask-dropout = Anteil ohne Maske
training-field-lesion-edges = Ränder der Läsionen
training-field-baseline = Vergleichsverfahren
training-field-pseudo-labelled = Automatisch segmentierte
training-field-validation-levels = Validierte Rauschstufen
training-field-sample-steps = Schritte je Beispiel
training-field-wide = Breite Streifen
training-field-high-noise = Starkes Rauschen
training-field-network = Netz
training-field-labels = Ebenen der Maske
training-field-mapping = Raster des Netzes
training-field-schedule = Rauschplan
training-field-prediction = Vorhersage
training-field-style = Stil
training-field-masks = Masken
training-field-distillation = Destillation
training-field-segmenter = Segmentierer
training-field-augmentation = Augmentierung
training-field-split = Aufteilung

## Training: what a form lacks

training-no-settings = die Einstellungen dieses Laufs sind nicht bekannt
training-needs-teacher = wählen Sie den Lehrer, ein Bildmodell
training-looking-at-start = das Modell für den Beginn wird gelesen …
training-other-network = { $name } hat ein anderes Netz (Breiten { $widths }): Seine Gewichte passen hier nicht
training-needs-name = der Lauf braucht einen Namen
training-bad-name = der Name darf Buchstaben, Ziffern, Leerzeichen, Punkte und Striche haben
training-needs-data = Wählen Sie den Ordner eines Datensatzes, oder erstellen Sie einen aus Ihren Scans und Masken.
training-needs-plain-names = Ein anderer Rechner kennt Läufe, Datensätze und Modelle bei einfachen Namen: Buchstaben, Ziffern, Punkte und Striche, keine Ordner.
training-no-training-scan = der Datensatz hat keinen Scan einer Trainingsperson
training-only-traced = niemand hat einen Scan einer Trainingsperson annotiert; die Einstellung pseudo labelled nimmt die automatisch segmentierten
training-no-labelled-scan = der Datensatz hat keinen annotierten Scan einer Trainingsperson; die Stufe pretrain nimmt Scans ohne Maske
training-memory-free = , { $gigabytes } GB Speicher frei
training-threads = { $threads } CPU-Threads{ $memory }
training-looking-for-gpu = GPU wird gesucht …
training-no-gpu = Keine GPU: Training auf der CPU
training-gpus = GPU: { $gpus }. Kein Treiber nennt den freien Speicher.

## Training: the page

training-at-work = Ein Lauf arbeitet
training-finishing = Er beendet seinen Schritt und speichert; dann schließt sich das Fenster.
training-can-go-on = Er kann ohne das Fenster weitergehen, und das Fenster findet ihn wieder. Oder er speichert jetzt, endet und wird später fortgesetzt.
training-keep-running = Weiterlaufen
training-save-and-end = Speichern, beenden
training-own = Ein eigenes Modell trainieren
training-how = Drücken Sie Neuer Lauf und wählen Sie den Ordner eines Datensatzes, oder erstellen Sie dort einen aus Ihren Scans und Masken. Kurven und Beispiele erscheinen hier, während gelernt wird. Der Lauf ist ein eigener Prozess: Dieses Fenster darf geschlossen werden.
training-no-place = Dieses Fenster wurde ohne einen Ordner für Läufe geöffnet.

## Training: a run

training-watch-about = Der offene Scan und seine Maske, oben auf jedem Beispielblatt
training-stop = Stopp
training-end-it = Beenden
training-go-on = Weiter
training-train-on = Weiter trainieren
training-pause = Pause
training-pause-about = Vor dem nächsten Schritt warten
training-checkpoint-about = Nach diesem Schritt einen Zwischenstand speichern
training-checkpoint = Sichern
training-stop-about = Einen Zwischenstand speichern und beenden
training-resume-about = Vom neuesten Zwischenstand weiter, wenn Sie wollen mit mehr Schritten oder anderer Rate
training-resume-run = Fortsetzen …
training-step = Schritt
training-of = { $step } von { $steps }
training-loss = Verlust
training-validation-loss = Verlust (Validierung)
training-loss-at = { $loss } bei Schritt { $step }
training-nearest = Nächster Trainingsscan
training-nearest-share = { $share } % von dem eines neuen
training-pace = Tempo
training-steps-a-second = { $steps } Schritte/s
training-seconds-a-step = { $secs } s/Schritt
training-time-left = Restzeit
training-memory = Speicher
training-learning-rate = Lernrate
training-device = Gerät
training-computer = Rechner
training-weights = Gewichte
training-millions = { $millions } Millionen
training-scan-counts = { $training } Training, { $validation } Validierung
training-scans-name = Scans
training-checkpoints = Zwischenstände
training-none-yet = Noch keine.
training-step-number = Schritt { $step }
training-add-about = Nimmt sein Modell unter dem Namen unten in die Liste der Modelle auf
training-add = Zu Modellen
training-branch = Abzweig …
training-branch-about = Hier einen anderen Lauf beginnen
training-added-as = Name
training-added-as-spoken = Name des aufgenommenen Modells

## Training: what comes from the background

training-no-thread = es konnte kein Vorgang gestartet werden: { $error }
training-folder-of-data = Ordner eines Datensatzes
training-split-file = Datei der Aufteilung
training-splits = Aufteilungen
training-model-file = Modelldatei
training-models = Modelle
training-sample-not-placed = { $run }: Das verfolgte Beispiel konnte nicht abgelegt werden: { $error }
training-no-split-file = { $file } ist keine Aufteilung ({ $error }); retidiff dataset build schreibt eine
training-sheet-not-shown = { $file } kann nicht gezeigt werden: { $error }
training-too-many-pixels = { $width } x { $height } Pixel sind zu viele

## Training: sheets of samples

training-samples = Beispiele
training-sheet-order = Maske · real · synthetisch
training-sheet-order-segment = Maske · Segmentierer, zwei Scans je Zeile
training-next-sheet = Nächstes Blatt
training-sheet-before = Voriges Blatt
training-sheet-step = Schritt { $step }
training-sheet-slider = Schritt der Beispiele
training-no-samples = Dieser Lauf zeichnet keine Beispiele: „Sample every“ ist 0.
training-first-samples = Die ersten Beispiele kommen bei Schritt { $every }.

## Training: runs

training-runs = Läufe
training-train-a-model = Ein Modell trainieren
training-no-run = Noch kein Lauf. Ein Lauf trainiert ein Modell mit einem Datensatz und bewahrt alles auf, was er erzeugt.
training-run-spoken = Lauf { $name }
training-run-facts = { $state } · Schritt { $step } von { $steps }
training-compare-about = Seine Kurven neben denen des gewählten Laufs zeigen
training-compare = { $name } vergleichen
training-starting = Startet
training-running = Läuft
training-paused = Pausiert
training-stopped = Gestoppt
training-finished = Fertig
training-broke-off = Abgebrochen

## Training: models

training-drafts-by = ; { $student } zeichnet die Entwürfe
training-synthesis-with = Die Synthese geht mit { $model }{ $drafts } weiter.
training-masks-by = Neue Masken werden von nun an von { $name } erzeugt.
training-segmenter-by = Die Paare der Begutachtung sieht von nun an der Segmentierer { $name } an.
training-no-teacher = { $student } zeichnet die Entwürfe eines Modells, das nicht in der Liste steht (SHA-256 seiner Gewichte { $sha }…): Nehmen Sie zuerst dessen Modell auf.
training-bundled = mitgeliefert
training-bundled-masks = mitgeliefert, Masken
training-bundled-segmenter = mitgeliefert, Segmentierer
training-use-scans = Von nun an mit diesem Modell synthetisieren
training-use-masks = Von nun an mit diesem Modell Masken erzeugen
training-use-segmenter = Die Paare der Begutachtung von nun an mit diesem Segmentierer ansehen
training-use-drafts = Mit dem Lehrer dieses Schülers synthetisieren und mit dem Schüler die Entwürfe zeichnen
training-from-file = Ihre Datei
training-yours = eigenes
training-yours-masks = eigenes, Masken
training-yours-segmenter = eigenes, Segmentierer
training-yours-student = eigenes, Schüler
training-unreadable = unlesbar
training-in-use = in Gebrauch
training-use = Nutzen
training-use-spoken = { $name } nutzen
training-added = In die Liste der Modelle aufgenommen als { $place }.
training-not-added = { $name } wurde nicht aufgenommen: { $message }
training-run-failed = Training „{ $run }“: { $message }
training-run-finished = Das Training „{ $run }“ ist fertig.

## Training: curves

training-linear = linear
training-linear-spoken = Lineare Skala
training-log = log
training-log-spoken = Logarithmische Skala
training-raw = roh
training-raw-spoken = Roh
training-smooth = glatt
training-smooth-spoken = Geglättet
training-smoother = glatter
training-smoother-spoken = Stark geglättet
training-point =
    Schritt { $step }
    { $value }
training-validation-of = { $name }, Validierung

## Training: orders that cannot be met

training-choose-run = wählen Sie zuerst einen Lauf
training-no-runs-folder = auf diesem Rechner gibt es keinen Ordner für Läufe
training-no-form = es gibt kein Formular, von dem zu beginnen wäre
training-no-trainer = kein Prozess arbeitet an diesem Lauf
training-no-models-folder = auf diesem Rechner gibt es keinen Ordner für Modelle

## Training: comparisons

comparisons-helps = Hilft es?
comparisons-helps-about = Trainiert denselben Segmentierer mit realen Scans, mit synthetischen und mit beiden, gleich viele Schritte, und misst ihn an Augen, die er nie gesehen hat.
comparisons-helps-title = Hilft es einem Segmentierer?
comparisons-helps-how = Wählen Sie einen Datensatz und womit Segmentierer trainiert werden, dann drücken Sie Start. Die Läufe und ihre Ergebnisse erscheinen hier. Die Arbeit ist ein eigener Prozess: Dieses Fenster darf geschlossen werden, und Abbrechen oder ein Stromausfall verliert nichts, was fertig ist.
comparisons-helps-form = Trainingsmengen im Vergleich
comparisons-paper = Die Arbeit nachrechnen
comparisons-paper-about = Importiert die öffentlichen Dateien, trainiert jede Methode der Veröffentlichung und erstellt ihre Tabellen 1 und 2, ein Lauf nach dem anderen.
comparisons-paper-title = Die Tabellen 1 und 2 der Veröffentlichung
comparisons-paper-how = Wählen Sie den Ordner mit Subject_01.mat bis Subject_10.mat von Duke DME oder einen Datensatz, dann drücken Sie Start. Die Läufe erscheinen hier mit ihrem Stand. Abbrechen oder ein Stromausfall verliert nichts, was fertig ist; andere Rechner dürfen im selben Ordner mitarbeiten.
comparisons-paper-form = Dateien, Aufwand und Ort
comparisons-arms = Trainingsmengen
comparisons-arm-real = Scans mit Masken von Annotierenden, wie sie sind
comparisons-arm-real-aug = Dieselben, gespiegelt, verformt, verschoben und mit anderen Grauwerten
comparisons-arm-synmask = Synthetische Scans zu so vielen Masken der Annotierenden
comparisons-arm-syn = Nur synthetische Paare: neue Masken und ihre Scans
comparisons-arm-real-syn = Reale Scans und synthetische Paare, gleich oft
comparisons-arm-painter = Die Masken dieser Paare in flachen Grautönen: Helfen die Masken?
comparisons-pairs = Paare
comparisons-pairs-about = Synthetische Paare jeder Trainingsmenge, die welche hat
comparisons-test-data = Gemessen an
comparisons-choose-test-data = Den Datensatz wählen, an dem gemessen wird
comparisons-pairs-from = Paare aus
comparisons-choose-pairs = Den Ordner der Paare wählen
comparisons-model = Gezeichnet von
comparisons-choose-model = Das Modell wählen, das die Scans der Paare zeichnet
comparisons-model-hint = Mitgeliefertes Modell
comparisons-places-about = Diese drei dürfen fehlen: Dann wird an Augen des Datensatzes gemessen, und die mitgelieferten Modelle erstellen die Paare.
comparisons-masks = Masken
comparisons-masks-about = Masken der Annotierenden, die einen synthetischen Scan bekommen
comparisons-network = Segmentierer
comparisons-side = Seite in px
comparisons-side-about = Scans werden auf ein Quadrat dieser Seite gestreckt; 0 nimmt sie im eigenen Maßstab des Segmentierers
comparisons-steps = Schritte
comparisons-steps-about = Gleich viele für jede Trainingsmenge
comparisons-seeds = Seeds
comparisons-seeds-about = Läufe jeder Trainingsmenge, jeder mit anderen Anfangsgewichten
comparisons-repetitions-about = Wiederholungen von allem, jede mit anderen Anfangsgewichten
comparisons-keep-in = Ablegen in
comparisons-choose-out = Den Vergleich ablegen in
comparisons-choose-data = Den Datensatz des Vergleichs wählen
comparisons-source = Duke DME
comparisons-choose-source = Ordner von Subject_01.mat bis Subject_10.mat oder ein Datensatz
comparisons-source-data =
    { $count ->
        [one] Ein Datensatz mit einem Scan
       *[other] Ein Datensatz mit { $count } Scans
    }
comparisons-source-files =
    { $count ->
        [one] Eine MATLAB-Datei, wird zuerst importiert
       *[other] { $count } MATLAB-Dateien, werden zuerst importiert
    }
comparisons-oct2017 = OCT2017
comparisons-choose-oct2017 = Ordner von OCT2017, wie es veröffentlicht ist
comparisons-oct2017-about = Darf fehlen: Stufe 1 lernt dann aus den Scans der Trainingspersonen.
comparisons-budget = Aufwand
comparisons-budget-tiny = winzig
comparisons-budget-tiny-spoken = Winziger Aufwand
comparisons-budget-tiny-about = Einige Minuten: zeigt, dass jeder Teil arbeitet. Die Zahlen sagen nichts.
comparisons-budget-small = klein
comparisons-budget-small-spoken = Kleiner Aufwand
comparisons-budget-small-about = Einige Stunden auf zwei Kernen: schmale Netze auf 128 x 128 Pixeln.
comparisons-budget-paper = Paper
comparisons-budget-paper-spoken = Aufwand der Veröffentlichung
comparisons-budget-paper-about = Die Netze der Veröffentlichung auf 480 x 480 Pixeln, je 99 000 Schritte: Tage auf einer GPU.
comparisons-subjects = Gemessen
comparisons-subjects-about = Personen, die nicht trainieren und gemessen werden, durch Kommas getrennt; leer: die der Validierung
comparisons-scans = { $training } annotierte Scans zum Trainieren, { $measured } zum Messen
comparisons-scans-elsewhere = { $training } annotierte Scans zum Trainieren; gemessen wird an einem anderen Datensatz
comparisons-looking = Der Ordner wird angesehen …
comparisons-needs-data = Wählen Sie den Ordner eines Datensatzes.
comparisons-needs-source = Wählen Sie den Ordner der MATLAB-Dateien oder eines Datensatzes.
comparisons-no-source = { $folder } enthält keine MATLAB-Dateien wie Subject_01.mat und keinen Datensatz.
comparisons-needs-arm = Wählen Sie mindestens eine Trainingsmenge.
comparisons-needs-folder = Nennen Sie den Ordner, in dem der Vergleich liegt.
comparisons-nobody-trains = Der Datensatz hat keinen annotierten Scan einer Trainingsperson.
comparisons-nobody-measured = Der Datensatz hat keinen annotierten Scan der Augen, die gemessen werden: die der Validierung, oder Duke 7 und 8.
comparisons-too-many-masks =
    { $count ->
        [one] Nur ein Trainingsscan ist annotiert: Verlangen Sie eine Maske.
       *[other] Nur { $count } Trainingsscans sind annotiert: Verlangen Sie so viele Masken oder weniger.
    }
comparisons-at-work = an diesem Vergleich arbeitet schon ein Prozess
comparisons-start = Start
comparisons-start-about = Was im Ordner fertig ist, wird nicht noch einmal gemacht
comparisons-continue = Weiter
comparisons-continue-about = Geht von dem weiter, was fertig ist
comparisons-cancel-about = Hält an wie Strg+C: Es wird zuerst gespeichert, und Weiter setzt dort fort
comparisons-stopping = Hält an
comparisons-stopping-about = Es speichert und hält an
comparisons-waiting = wartet
comparisons-running = läuft
comparisons-done = fertig
comparisons-run-spoken = { $run }: { $state }
comparisons-runs-done = { $done } von { $count } Läufen sind fertig
comparisons-no-runs = Die Läufe stehen hier, sobald sie geplant sind.
comparisons-kind-train = trainieren
comparisons-kind-pairs = Paare zeichnen
comparisons-kind-painted = Paare malen
comparisons-kind-segmenter = Segmentierer nehmen
comparisons-kind-pictures = Scans messen
comparisons-kind-labels = Masken messen
comparisons-step-import = Import
comparisons-step-plan = Plan
comparisons-step-runs = Läufe
comparisons-step-report = Bericht
comparisons-step-compare = Vergleich
comparisons-open-report = Bericht öffnen
comparisons-open-report-about = Zeigt den ganzen Bericht mit Bildern im Browser
comparisons-report-not-shown = { $report } kann nicht gezeigt werden: { $error }. Öffnen Sie ihn in einem Browser.
comparisons-results = Ergebnis
comparisons-trained-on = Trainiert mit
comparisons-training-scans = Scans
comparisons-mean-dice = Mittlerer Dice von acht Klassen
comparisons-interval = 95-%-Intervall, nach Augen
comparisons-from-to = { $low } bis { $high }
comparisons-by-eye = Die Intervalle gehen nach Augen: So schwankt der Mittelwert, wenn Seeds neu ausgelost werden, dann Augen, dann Bilder. Augen: { $eyes }, Scans: { $scans }, Seeds: { $seeds }, Schritte je Lauf: { $steps }. Mittelwert ± Standardabweichung über die Seeds. Die Klassen einer Zeile zeigt der Zeiger darauf.
comparisons-finished = Der Vergleich „{ $name }“ ist fertig.
comparisons-failed = Vergleich „{ $name }“: { $message }

## Panes

pane-editor = Maskeneditor
pane-synthetic = Synthetisches Bild
pane-not-for-diagnosis = SYNTHETISCH – nicht zur Diagnose
pane-real-scan = Realer Scan (Stärke 0)
pane-no-synthetic = Kein synthetisches Bild
pane-needs-labels = Das synthetische Bild erscheint, sobald es eine Maske gibt.
pane-loading-model = Modell wird geladen
pane-synthesising = Synthese läuft
pane-mask = Maske
pane-synthetic-name = Synthetisch
pane-over = STATT { $title }
pane-no-real-scan = KEIN REALER SCAN
pane-no-real-scan-about = Auf dieser Seite gibt es keinen realen Scan: Ihre Maske wurde erzeugt, entworfen oder gemalt
pane-keep = Behalten
pane-keep-spoken = Synthetisches Bild behalten
pane-repair-about = Die Schichten dieser Spalten wieder in Ordnung bringen
pane-repair = Reihenfolge reparieren
pane-out-of-order = { $disordered } SPALTEN UNGEORDNET
pane-next = Nächstes B-Bild
pane-b-scan-of = B-Bild { $number } von { $count }
pane-previous = Vorheriges B-Bild

## Scan without labels, and what a trace is not sure of

trace-no-labels = Dieser Scan hat noch keine Maske
trace-begin = Segmentieren, ein Maskenbild ablegen oder leer beginnen.
trace-layers = Schichten segmentieren
trace-begin-empty = Leer beginnen
trace-hide-about = Die Balken ausblenden, die unsichere Stellen markieren
trace-hide = Zweifel ausblenden
trace-next-about = Zeigt den nächsten unsicheren Abschnitt; sein Balken verschwindet, wenn die Linie korrigiert ist
trace-next = Nächste unsichere Stelle
trace-stop = Segmentierung abbrechen
trace-busy = Schichten werden segmentiert
trace-stopped = Die Segmentierung brach unerwartet ab
step-trace-layers = Schichten segmentieren
trace-failed = Es wurden keine Schichten segmentiert: { $error }
trace-uncertain-at = Unsicher: { $name }, { $number } von { $count }
trace-uncertain =
    { $count ->
        [one] Unsicher: 1 Stelle
       *[other] Unsicher: { $count } Stellen
    }

## Fovea, profile, comparison, row of B-scans

fovea-spoken = Fovea
fovea-about = Der Millimeter um die Fovea. Ziehen Sie ihn zur Fovea; Doppelklick: wo die Schichten sie zeigen.
fovea-set = Fovea, wie gesetzt
fovea-found = Fovea
fovea-none = keine Fovea gefunden: Mitte des Bilds
profile-none = Keine Spalte ist annotiert
profile-column = Spalte { $column }   { $value }
profile-thickness-of = Dicke von
profile-spoken = Profil von { $extent }
compare-wipe-line = Trennlinie
filmstrip-annotated = annotiert
filmstrip-no-labels = ohne Maske
filmstrip-traced = segmentiert
filmstrip-interpolated = interpoliert
filmstrip-corrected = korrigiert
filmstrip-b-scan = B-Bild { $number }, { $spoken }

## List of labels

labels-layers = Schichten
labels-edit = Ändern …
labels-edit-spoken = Schichten ändern
labels-edit-about = Namen und Farben der Schichten
labels-lesions = Läsionen
labels-overlay = Überlagerung
labels-style = Stil
labels-fill = Füllung
labels-outline = Umriss
labels-both = Beides
labels-both-spoken = Füllung und Umriss
labels-opacity = Deckkraft
labels-fainter = schwächer
labels-stronger = kräftiger
labels-opacity-about = Deckkraft der Füllung
labels-outlines-about = Zeichnet die Umrisse der Maske auf das synthetische Bild
labels-outlines = Umrisse auf Synthese
labels-hide = { $name } ausblenden
labels-show = { $name } einblenden
labels-lock = { $name } sperren
labels-unlock = { $name } freigeben
label-above-ilm = über ILM
label-below-bm = unter BM
label-about-0 = Glaskörper
label-about-1 = Nervenfaserschicht
label-about-2 = Ganglienzellschicht und innere plexiforme Schicht
label-about-3 = innere Körnerschicht
label-about-4 = äußere plexiforme Schicht
label-about-5 = äußere Körnerschicht bis zum Myoid der Innensegmente
label-about-6 = Ellipsoid der Innensegmente (ellipsoide Zone, EZ)
label-about-7 = Außensegmente bis zum Pigmentepithel
label-about-8 = Aderhaut und Lederhaut
label-about-9 = intraretinale Flüssigkeit
label-about-10 = subretinale Flüssigkeit
label-about-11 = Pigmentepithelabhebung
label-editor-title = Schichten dieses Dokuments
label-editor-about = Namen und Farben werden mit ihm gespeichert. Codes in exportierten Maskenbildern bleiben.
label-editor-apply = Übernehmen
step-edit-labels = Schichten ändern
label-editor-defaults-about = Die Namen des Fachs, in Farben, die auch Farbenblinde unterscheiden
label-editor-defaults = Vorgaben
label-editor-colour-of = Farbe von { $name }
label-editor-colour = Farbe
label-editor-name-of = Name von { $name }

## Tab View

view-scan = Scan
view-reset = Reset
view-reset-spoken = Grauwerte zurücksetzen
view-auto = Auto
view-auto-spoken = Automatische Grauwerte
view-window = Fenster
view-window-about = Graustufen von Schwarz bis Weiß: Ein engeres Fenster hat mehr Kontrast
view-level = Mitte
view-level-about = Grauwert in der Mitte des Fensters: Eine niedrigere Mitte ist heller
view-gamma = Gamma
view-gamma-about = Über 1 hellt Dunkles auf
view-invert = Umkehren
view-invert-about = Dunkles wird hell, in beiden Ansichten
view-for-looking = Nur zum Ansehen: Dateien behalten ihre Grauwerte.
view-wheel = Mausrad blättert B-Bilder
view-wheel-about = In einem Volumen blättert das Mausrad durch die B-Bilder und zoomt mit Strg; sonst umgekehrt
view-comparison = Vergleich
view-beside = Daneben
view-beside-spoken = Nebeneinander vergleichen
view-alone = Allein
view-alone-spoken = Den Scan allein zeigen
view-wipe = Schieber
view-wipe-spoken = Mit Schieber vergleichen
view-flicker = Wechsel
view-flicker-spoken = Im Wechsel vergleichen
view-beside-about = Jedes für sich; Zoom und Ausschnitt sind verbunden.
view-alone-about = Die Maske im ganzen Fenster; solange entsteht kein synthetisches Bild.
view-wipe-about = Ziehen Sie die Linie über den Scan. Rechts von ihr steht das synthetische Bild.
view-flicker-about = Beide im Wechsel, zweimal je Sekunde.

## Tab Measure

measure-this = Dieses B-Bild
measure-csv-about = Alle B-Bilder, je eine Zeile, als Tabelle für die Statistik
measure-csv = CSV …
measure-csv-spoken = Messwerte exportieren
measure-copy-about = Diese Werte als Text
measure-copy = Kopie
measure-copy-spoken = Messwerte kopieren
measure-central-fovea = Zentral 1 mm (Fovea)
measure-central-image = Zentral 1 mm (Bild)
measure-busy = Wird gemessen …
measure-profile-about = Dicke jeder Spalte, unter dem Scan gezeichnet
measure-profile = Profil unter dem Scan
measure-in-px = Alle Werte sind in px.
measure-size-spoken = Die Pixelgröße angeben
measure-size = Pixelgröße …
measure-lesions = Läsionen
measure-area = Fläche
measure-number = n
measure-largest = größte
measure-thickness = Dicke
measure-mean = Mittel
measure-retina = Netzhaut
measure-retina-ninth = Netzhaut, mittleres Neuntel
measure-second = Zweite Bewertung
measure-remove-about = Die Maske der zweiten Bewertung für dieses B-Bild vergessen
measure-remove = Löschen
measure-remove-spoken = Zweite Bewertung entfernen
measure-load-about = Ein anderes Maskenbild dieses B-Bilds zum Vergleich öffnen
measure-load = Laden
measure-load-spoken = Zweite Bewertung laden
measure-second-about = Mit der Maske einer anderen Person vergleichen: Umrisse, Unterschiede, Dice und Abstände.
measure-second-outline = Zweiter Umriss
measure-second-outline-about = Die Grenzen der zweiten Bewertung, weiß gestrichelt
measure-differences-about = Was beide annotiert, aber anders bezeichnet haben, tritt hervor
measure-differences = Unterschiede hervorheben
measure-no-overlap = Kein Pixel ist in beiden Bewertungen annotiert.
measure-differ = { $percent } % der in beiden annotierten Pixel weichen ab.
measure-dice = Dice
measure-distances = Abstand der Grenzen
measure-dice-of = Dice von{" "}

## Tab Volume

volume-map = Dickenkarte
volume-no-size = Es gibt keine Karte: Die Pixelgröße oder der Abstand der B-Bilder ist unbekannt.
volume-uneven = Es gibt keine Karte: Die B-Bilder sind verschieden groß.
volume-measuring = Wird gemessen …
volume-none = Noch kein B-Bild ist annotiert.
volume-labels = Masken dieses Volumens
volume-annotated = { $annotated } von { $count } B-Bildern haben eine Maske.
volume-none-yet = Noch kein B-Bild dieses Volumens hat eine Maske
volume-copy-before-about = Übernimmt die Grenzflächen des nächsten annotierten B-Bilds davor
volume-copy-before = Vom vorigen
volume-copy-after-about = Übernimmt die Grenzflächen des nächsten annotierten B-Bilds danach
volume-copy-after = Vom nächsten
volume-this-about = Schichten und Läsionen dieses B-Bilds, zwischen den nächsten annotierten auf beiden Seiten
volume-this = Dieses füllen
volume-gaps-about = Schichten und Läsionen jedes B-Bilds ohne Maske, das zwischen zwei annotierten liegt
volume-gaps = Lücken füllen
volume-of = Von
volume-first-is = Erstes ist
volume-inferior = Inferior
volume-inferior-spoken = Das erste B-Bild ist inferior
volume-superior = Superior
volume-superior-spoken = Das erste B-Bild ist superior
volume-right-eye = Rechtes Auge (OD): nasal ist rechts.
volume-left-eye = Linkes Auge (OS): nasal ist links.
volume-eye-unknown = Welches Auge, ist unbekannt: Felder heißen links und rechts, nicht nasal und temporal.
volume-map-spoken = Dickenkarte, { $extent }
volume-centre = Mitte
volume-inner = innen { $direction }
volume-outer = außen { $direction }
volume-unknown = unbekannt
volume-not-annotated = nicht annotiert
volume-point =
    B-Bild { $number }: { $value }
    Klicken zeigt es. Ziehen verschiebt die Fovea.
volume-fovea = Fovea
volume-fovea-along = Fovea entlang des B-Bilds
volume-fovea-across = Fovea quer zu den B-Bildern
volume-find-about = Zurück dorthin, wo die Schichten sie zeigen
volume-find-fovea = Fovea finden
volume-save-as = Speichern
volume-save-csv = CSV
volume-save-table = ETDRS-Sektoren als CSV
volume-save-table-about = Mittlere Dicke von Netzhaut und Schichten in den neun Feldern, als Tabelle für die Statistik
volume-save-picture = Dickenkarte als { $ending }
volume-save-picture-about = Diese Karte mit Gitter, Zahlen, Maßstab und Auge, für eine Folie
volume-set-sizes = Größen angeben …
volume-tracing = B-Bild { $number } von { $of } wird segmentiert
volume-trace-all = Alle B-Bilder segmentieren
volume-trace-all-about = Beschriftet jedes B-Bild ohne Labels: segmentiert, oder interpoliert und an die Kanten gezogen, wo auf beiden Seiten B-Bilder mit Labels liegen
volume-trace-none = Jedes B-Bild dieses Volumens hat schon Labels
volume-not-traced-b-scan = B-Bild { $number }: { $error }
volume-not-traced = Nicht segmentiert: { $b_scans }
volume-trace-changed = Die Labels haben sich während des Segmentierens geändert: Nichts wurde getan. Starten Sie es erneut.
volume-trace-failed = Das Segmentieren brach unerwartet ab; die Labels sind wie zuvor.
step-trace-all = alle B-Bilder segmentieren
step-fovea = Fovea
volume-interpolating = wird interpoliert
volume-no-gap = Nichts zu interpolieren: Kein B-Bild ohne Maske liegt zwischen zweien mit Maske.
volume-no-neighbours = Nichts, woraus interpoliert werden kann: Annotieren Sie ein B-Bild davor und eines danach.
step-interpolate-one = B-Bild { $number } interpolieren
step-interpolate = { $count } B-Bilder interpolieren
volume-no-thread = Nichts wurde interpoliert, es konnte kein Vorgang starten: { $error }
volume-failed = Die Interpolation schlug fehl; die Maske ist, wie sie war.
volume-changed = Die Maske änderte sich während der Interpolation: Nichts geschah. Starten Sie sie noch einmal.
volume-none-before = Kein B-Bild vor diesem hat eine Maske zum Übernehmen.
volume-none-after = Kein B-Bild nach diesem hat eine Maske zum Übernehmen.
volume-other-size = B-Bild { $number } hat eine andere Größe: Seine Grenzflächen passen nicht.
step-copy-interfaces = Grenzflächen von B-Bild { $number } übernehmen

## Size of a pixel

size-title = Pixelgröße
size-for-volume = Für alle B-Bilder dieses Volumens, wie im Bericht des Geräts. Messwerte sind von da an in µm und mm².
size-for-scan = Für dieses B-Bild, wie im Bericht des Geräts. Messwerte sind von da an in µm und mm².
size-od = OD
size-od-spoken = Rechtes Auge, OD
size-os = OS
size-os-spoken = Linkes Auge, OS
size-unknown = unbekannt
size-unknown-spoken = Auge unbekannt
size-depth-about = Höhe einer Zeile entlang des A-Scans: 3,87 µm bei einem Heidelberg Spectralis
size-depth = In der Tiefe
size-across-about = Breite einer Spalte, von einem A-Scan zum nächsten
size-across = Quer
size-width-about = Des ganzen Scans, was dasselbe sagt wie die Breite einer Spalte
size-width = Scanbreite
size-distance = Abstand
size-distance-about = Von einem B-Bild zum nächsten; die Dickenkarte braucht ihn
size-eye = Auge
size-forget-about = Messwerte sind dann in Pixeln
size-forget = Unbekannt

## History

history-title = Verlauf
history-size = { $count } Schritte, { $megabytes } MB
history-opened = Wie geöffnet
history-now = { $name }, jetzt
history-back = Zurück zu { $name }
history-forward = Vor zu { $name }

## Strip of tools

strip-fit = Einpassen
strip-one-to-one = Eins zu eins
strip-no-size = Die µm je Pixel des Scans sind unbekannt
strip-proportions = Wahre Proportionen
strip-labels = Maske zeigen

## Tools: brush and eraser

tool-brush = Pinsel
tool-brush-does = Die gewählte Schicht malen
tool-eraser = Radierer
tool-eraser-does = Die Schicht unter einer Läsion freilegen
tool-eraser-hint = Über eine Läsion ziehen, um die Schicht darunter freizulegen
tool-brush-hint = Ziehen zum Malen; rechte Taste löscht Läsionen; Alt und Ziehen ändert die Größe
tool-brush-hint-alt = Ziehen zum Malen; rechte Taste oder Alt löscht Läsionen

## Tools: pick and fill

tool-pick = Pipette
tool-pick-does = Die Schicht unter dem Zeiger wählen und mit ihr malen
tool-pick-hint = Auf eine Schicht klicken, um mit ihr zu malen
tool-fill = Füllen
tool-fill-does = Ein zusammenhängendes Gebiet oder das Loch einer Läsion füllen
step-fill = Füllen: { $label }
tool-fill-hint = Klicken füllt ein zusammenhängendes Gebiet; rechte Taste oder Alt löscht eine ganze Läsion
tool-fill-fill = Füllen
tool-fill-fill-spoken = Klicken füllt
tool-fill-erase = Löschen
tool-fill-erase-spoken = Klicken löscht eine Läsion

## Tools: cyst

tool-cyst = Zyste
tool-cyst-does = Eine Zyste in µm setzen oder viele in eine Schicht streuen
step-cyst = Zyste: { $lesion }
step-scatter = { $placed } Zysten streuen: { $lesion }
tool-cyst-inside = Innerhalb
tool-cyst-in = in { $seat }
tool-cyst-inside-about = Wo Zysten liegen dürfen; was darüber hinausragt, wird abgeschnitten
tool-cyst-length = Länge
tool-cyst-length-about = Einer Zyste, die mit einem Klick gesetzt wird
tool-cyst-width = Breite
tool-cyst-width-about = Breite als Anteil der Länge
tool-cyst-rough = Rauheit
tool-cyst-rough-about = Wie weit der Umriss von einer Ellipse abweicht
tool-cyst-count = Anzahl
tool-cyst-count-about = Zahl der Zysten
tool-cyst-from = von
tool-cyst-shortest = Länge der kürzesten
tool-cyst-to = bis
tool-cyst-longest = Länge der längsten
tool-cyst-seed-about = Gleicher Seed streut gleich
tool-cyst-seed = Seed
tool-cyst-scatter = Streuen
tool-cyst-scatter-about = Zysten verteilt streuen, Bereich: { $seat }
tool-cyst-not-in = nicht in { $seat }
tool-cyst-drag = Ziehen für Größe und Richtung; Esc nimmt sie zurück
tool-cyst-fitted = { $placed } von { $asked } Zysten passten: Wählen Sie kleinere oder eine andere Schicht
tool-cyst-hint = Klicken setzt eine Zyste; Ziehen für Größe und Richtung
tool-cyst-place = Setzen
tool-cyst-place-spoken = Eine Zyste setzen
tool-cyst-scatter-spoken = Viele Zysten streuen

## Tools: grow

tool-grow = Wachsen
tool-grow-does = Die Läsion unter dem Zeiger oder die gewählte Schicht vergrößern; rechte Taste oder Alt verkleinert
step-shrink = { $name } verkleinern
step-grow = { $name } vergrößern
tool-grow-lesion-hint = Klicken ändert diese Läsion; rechte Taste oder Alt tut das Gegenteil
tool-grow-layer-hint = Klicken ändert { $name } in jeder Spalte; rechte Taste oder Alt tut das Gegenteil
tool-grow-hint = Auf eine Läsion zeigen oder eine Schicht wählen
tool-grow-grow = Größer
tool-grow-grow-spoken = Klicken vergrößert
tool-grow-shrink = Kleiner
tool-grow-shrink-spoken = Klicken verkleinert
tool-grow-by = Um
tool-grow-by-about = Wie weit sich der Rand bei jedem Klick bewegt

## Tools: select a lesion

tool-select = Läsion wählen
tool-select-does = Eine Läsion verschieben, skalieren, drehen, kopieren oder löschen
step-move-lesion = Läsion verschieben: { $name }
step-scale-lesion = Läsion skalieren: { $name }
step-turn-lesion = Läsion drehen: { $name }
step-delete-lesion = Läsion löschen: { $name }
step-paste-lesion = Läsion einfügen: { $name }
tool-select-held-hint = Ziehen verschiebt, ein Griff skaliert, der Knopf dreht; Entf löscht
tool-select-hint = Eine Läsion anklicken, um sie zu wählen; eine kopierte lässt sich einfügen
tool-select-none = Keine Läsion gewählt
tool-select-locked = { $name } ist gesperrt
tool-select-copy = Kopieren
tool-select-paste = Einfügen
tool-select-delete = Löschen
step-lesion = Läsion

## Tools: smooth and lasso

tool-smooth = Glätten
tool-smooth-does = Gezackte Ränder unter der Linse glätten
tool-smooth-hint = Über einen Rand ziehen; noch einmal für mehr
tool-smooth-lesions = Läsionen
tool-smooth-lesions-spoken = Läsionen glätten
tool-smooth-layers = Schichten
tool-smooth-layers-spoken = Schichten glätten
tool-smooth-both = Beide
tool-smooth-both-spoken = Läsionen und Schichten glätten
tool-smooth-strength-about = Radius der Umgebung, die über ein Pixel entscheidet
tool-smooth-strength = Stärke
tool-lasso = Lasso
tool-lasso-does = Eine Fläche umfahren oder ihre Ecken klicken, um sie mit der gewählten Schicht zu füllen
step-lasso = Lasso: { $label }
tool-lasso-hint = Eine Fläche umfahren oder Ecken klicken; rechte Taste oder Alt löscht Läsionen darin
tool-lasso-free-hint = Loslassen schließt; Esc bricht ab
tool-lasso-corner-hint = Eingabe, Doppelklick oder die erste Ecke schließt; Rücktaste geht zurück; Esc bricht ab
tool-lasso-add = Malen
tool-lasso-add-spoken = Lasso malt die Schicht
tool-lasso-subtract = Löschen
tool-lasso-subtract-spoken = Lasso löscht Läsionen

## Tools: interfaces

tool-pen = Grenzflächenstift
tool-pen-does = Einen Teil einer Grenzfläche von Hand neu zeichnen
step-pen = Grenzflächenstift: { $interface }
tool-pen-chosen-hint = Ziehen zeichnet { $interface } neu
tool-pen-hint = An einer Kante entlang ziehen zeichnet die nächste Grenzfläche neu
tool-wire = Live-Wire
tool-wire-does = An einer Grenzfläche entlang klicken; die Linie dazwischen folgt der Kante
tool-wire-reading = Die Kanten dieses Scans werden gelesen
step-wire = Live-Wire: { $interface }
tool-wire-held-hint = Entlang { $interface } klicken; Eingabe oder Doppelklick beendet, Rücktaste nimmt den letzten Klick zurück
tool-wire-chosen-hint = Klicken beginnt auf { $interface }
tool-wire-hint = Auf eine Grenzfläche klicken, um zu beginnen
tool-spline = Grenzflächen-Spline
tool-spline-does = Eine Grenzfläche an ihren Knoten biegen
step-spline = Grenzflächen-Spline: { $interface }
tool-spline-knot-hint = Den Knoten ziehen; Entf löscht ihn; Doppelklick auf die Linie setzt einen
tool-spline-knots-hint = Einen Knoten von { $interface } ziehen; Doppelklick auf die Linie setzt einen
tool-spline-chosen-hint = Klicken setzt Knoten auf { $interface }
tool-spline-hint = Auf eine Grenzfläche klicken, um Knoten auf sie zu setzen
tool-warp = Schicht verformen
tool-warp-does = Eine Schicht unter einer weichen Linse verdicken, verdünnen oder schieben
tool-warp-pushed = { $layer } verschoben { $amount }
tool-warp-thicken-hint = Hoch ziehen verdickt { $layer }, hinunter verdünnt; Alt: schieben
tool-warp-push-hint = Ziehen schiebt { $layer }; Alt: verdicken
tool-warp-hint = Auf eine Schicht drücken und nach oben oder unten ziehen
tool-warp-thicken = Dicke
tool-warp-thicken-spoken = Die Schicht verdicken oder verdünnen
tool-warp-push = Lage
tool-warp-push-spoken = Die Schicht im Ganzen schieben
tool-warp-lens-about = Breite der Linse
tool-warp-lens = Linse
tool-interface-nearest = Nächste
tool-interface = Grenzfläche
tool-trace-about = Alle acht Grenzflächen dieses B-Bilds vorschlagen; ein Schritt, der sich rückgängig machen lässt
tool-trace = Schichten segmentieren

## Tools: hand and ruler

tool-hand = Hand
tool-hand-does = Den Scan verschieben; auch Leertaste und Ziehen oder die Mitteltaste
tool-hand-hint = Ziehen verschiebt den Scan, Doppelklick passt ihn ein
tool-ruler = Lineal
tool-ruler-does = Eine Strecke messen; Umschalt hält sie auf einem A-Scan oder einer Zeile
tool-ruler-length = { $length } { $unit }   ({ $across } quer, { $down } tief)
tool-ruler-hint = Ziehen misst; Umschalt hält auf einem A-Scan oder einer Zeile
tool-ruler-held-hint = Ein Ende ziehen ändert, anderswo neu messen, Esc entfernt
tool-ruler-none = Noch nichts gemessen

## Options of tools

options-in-um = In Mikrometern
options-in-px = In Pixeln
options-smaller = kleiner
options-larger = größer
options-shift-wheel = { $hint }   Umschalt + Rad
options-diameter = Durchmesser des Pinsels
options-wide-high = { $wide } µm breit, { $high } µm hoch
options-size = Größe
options-ordered-about = An: Eine gemalte Schicht schiebt ihre Nachbarn, Schichten kreuzen sich nie. Aus: rohe Pixel.
options-ordered = Reihenfolge wahren
step-smooth = Glätten
profile-mean = Mittel
profile-thinnest = dünnste
profile-thickest = dickste
tool-dome = Kuppel
tool-dome-does = SRF oder PED als Kuppel anheben, die die Schichten darüber hebt
step-dome = Kuppel: { $lesion }
tool-dome-no-layers = keine Schichten hier
tool-dome-refused = Nichts wurde angehoben: Hier sind keine geordneten Schichten, oder ein gesperrtes Label steht im Weg
tool-dome-drag = Seitwärts für die Breite und nach oben für die Höhe ziehen; Esc nimmt es zurück
tool-dome-hint = Klicken hebt eine Kuppel an; ziehen formt sie
tool-dome-srf = SRF
tool-dome-srf-about = Subretinale Flüssigkeit: öffnet sich über dem Pigmentepithel
tool-dome-ped = PED
tool-dome-ped-about = Pigmentepithelabhebung: hebt das Epithel von der Bruch-Membran
tool-dome-width = Breite
tool-dome-height = Höhe
tool-dome-size-about = Einer Kuppel, die per Klick angehoben wird
tool-cyst-retina = Netzhaut

## Aussehen des synthetischen Scans: Stil und Gefäßschatten

command-synthesis-style = Stil auslosen: anderes Auge, anderes Gerät
command-synthesis-vessels = Gefäßschatten zufällig setzen
command-tool-vessel = Gefäß: seinen Schatten in den synthetischen Scan malen
looks-style = Stil
looks-draw = Zufall
looks-draw-eye = Stil auslosen
looks-draw-eye-about = Helligkeit der Schichten und Rauschen des Geräts, zwischen denen zweier Augen der Trainingsdaten
looks-like = Vom Scan
looks-like-this = Stil dieses Scans
looks-like-this-about = Misst den realen Scan unter seinen Labeln und übernimmt seinen Stil
looks-reset = Üblicher Stil
looks-reset-short = Üblich
looks-reset-about = Überlässt den Stil dem Modell: dem Mittel seiner Trainingsaugen
looks-deviations = { $value } SD
looks-style-step = Stil
looks-noise = Rauschen über ILM
looks-speckle = Speckle
looks-direction = Nach rechts: mehr { $more }, weniger { $less }; in Standardabweichungen zwischen Trainingsaugen
looks-direction-more = Nach rechts: mehr { $more }; in Standardabweichungen zwischen Trainingsaugen
looks-of-device = { $about }. Rauschen und Speckle kommen vom Gerät: Je mehr Aufnahmen es mittelt, desto glatter ist der Scan
looks-bands = Äußere Banden
looks-bands-value = × { $value }
looks-bands-step = äußere Banden
looks-bands-about = Wie hell die ellipsoide Zone neben der dunklen Linie darunter ist: 1 ist ein einziges Band, × 1,35 das Übliche, Trainingsaugen haben × 1,02 bis × 1,66
looks-vessels = Gefäße
looks-draw-vessels = Gefäßschatten setzen
looks-draw-vessels-about = An zufälligen Stellen, so viele, so breit und so dunkel wie in realen Scans; mit dem Gefäßwerkzeug lassen sie sich malen
looks-clear = Leeren
looks-clear-vessels = Gefäßschatten entfernen
looks-clear-vessels-about = Kein Gefäß wirft einen Schatten
tool-vessel = Gefäß
tool-vessel-does = Den Schatten eines Gefäßes in den synthetischen Scan malen
tool-vessel-hint = Klicken setzt ein Gefäß, Ziehen einen breiten Schatten; rechte Taste oder Alt nimmt Schatten weg
tool-vessel-width = Breite
tool-vessel-width-about = Des Gefäßes; reale sind 44 bis 203 µm breit
tool-vessel-darkness = Dunkelheit
tool-vessel-darkness-about = Wie viel Licht das Gefäß dem darunter nimmt
step-vessel = Gefäßschatten
step-vessel-off = Gefäßschatten entfernen
## Generate: what comes from the background

generate-choose-generation = Ordner erzeugter Paare
generate-choose-parent = Die Paare aufbewahren in
generate-choose-data = Ordner eines Datensatzes
generate-choose-recipe = Rezept eines Falls
generate-recipes = Rezepte
generate-folder-not-shown = { $folder } kann nicht gezeigt werden: { $error }. Öffnen Sie ihn in einer Dateiverwaltung.
generate-no-pairs = { $folder } enthält keine erzeugten Paare (es gibt kein { $file }); wählen Sie einen Ordner, den „retidiff generate“ angelegt hat

## Generate: facts of a generation

generate-pairs-made = { $made } von { $pairs } Paaren sind erzeugt
generate-pause-about = Hält an und lässt das Paar fallen, an dem gerade gearbeitet wird; was erzeugt ist, bleibt, und Fortsetzen macht weiter
generate-pause = Pause
generate-stopping = Wird angehalten …
generate-resume-about = Erzeugt die fehlenden Paare
generate-resume-elsewhere = Anderswo erzeugt: Machen Sie mit dem Befehl weiter, der sie begonnen hat
generate-resume = Fortsetzen
generate-review-about = Die Paare durchsehen und entscheiden, welche behalten werden
generate-review = Begutachten
generate-show-folder-about = Den Ordner in der Dateiverwaltung zeigen
generate-show-folder = Ordner zeigen
generate-like-about = Das Formular mit diesen Einstellungen und einem anderen Seed öffnen
generate-like = Neu wie diese
generate-made-of = { $made } von { $pairs }
generate-pairs = Paare
generate-pairs-a-second = { $pairs } Paare/s
generate-seconds-a-pair = { $secs } s/Paar
generate-rate = Tempo
generate-time-left = Restzeit
generate-on-disk = Speicherplatz
generate-on-disk-when-done = Speicherplatz am Ende
generate-about = etwa { $bytes }
generate-masks-rejected = Verworfene Masken
generate-unmet = Nicht wie gewünscht
generate-rejected-by = { $count } durch { $reason }
generate-measured-so-far = Bisher gemessen
generate-fluid = Flüssigkeit
generate-lesions = Läsionen
generate-central-thickness = Zentrale Dicke
generate-range = { $low } – { $high }{ $unit }, Mittel { $mean }
generate-asked = Gewünscht
generate-plan-being-written = Der Plan wird geschrieben.
generate-masks = Masken
generate-name-steps = { $name }, { $steps } Schritte
generate-size = Größe
generate-a-data-set = einem Datensatz
generate-bent-of = verformt, aus { $data }
generate-case-of = Fall: { $name }
generate-cysts = Zysten
generate-without-fluid = Ohne Flüssigkeit
generate-of-the-pairs = { $percent } % der Paare
generate-small-often = Kleine Läsionen häufiger als große
generate-keep-fluid = Behalten: Flüssigkeit
generate-keep-lesions = Behalten: Läsionen
generate-keep-thickness = Behalten: Dicke
generate-cleaning-at-most = Bereinigung höchstens
generate-of-the-pixels = { $percent } % der Pixel
generate-scans = Scans
generate-seed = Seed
generate-coverage = Abdeckung
generate-measure = Messen
generate-coverage-about = Wie sehr sich die Masken untereinander gleichen, und denen des Datensatzes, aus dem sie verformt wurden
generate-measure-coverage = Abdeckung messen
generate-coverage-from-two = Ob sich die Masken gleichen, lässt sich ab zwei Paaren messen.
generate-comparing = Die Masken werden verglichen …

## Generate: the form

generate-needs-name = Geben Sie der Erzeugung einen Namen.
generate-bad-name = Der Name darf Buchstaben, Ziffern, Leerzeichen, Punkte und Striche haben.
generate-needs-folder = Wählen Sie einen Ordner für die Paare.
generate-needs-data = Wählen Sie den Datensatz, dessen Masken verformt werden sollen.
generate-needs-case = Wählen Sie einen Fall oder die Datei eines Rezepts.
generate-range-turned = { $name }: Die erste Zahl ist größer als die zweite.
generate-measured-now = gerade an zwei Paaren gemessen
generate-by-pace = nach dem Tempo von „{ $name }“: gleiche Modelle, Schritte und Größe
generate-range-from = von
generate-range-to = bis
generate-kilobytes = { $number } kB
generate-new = Neue Erzeugung
generate-name = Name
generate-keep-in = Ablegen in
generate-choose-parent-spoken = Ordner für die Paare wählen
generate-pairs-about = Wie viele Scans mit ihren Masken
generate-masks-from = Aus
generate-from-model = Modell
generate-from-model-spoken = Masken eines Maskenmodells
generate-from-data = Datensatz
generate-from-data-spoken = Masken eines Datensatzes, verformt
generate-from-case = Fall
generate-from-case-spoken = Masken, die das Rezept eines Falls erfüllen
generate-model = Modell
generate-choose-data-spoken = Den Datensatz wählen, dessen Masken verformt werden
generate-data-set = Datensatz
generate-columns = Spalten in Pixeln
generate-rows = Zeilen in Pixeln
generate-case = Fall
generate-choose-case = einen Fall wählen
generate-file = Datei …
generate-choose-recipe-spoken = Die Datei eines Rezepts wählen
generate-conditions = Bedingungen
generate-conditions-model = Für jedes Paar neu ausgelost und erfüllt, nachdem das Maskenmodell gezeichnet hat. Was aus ist, bleibt ihm überlassen.
generate-conditions-case = Für jedes Paar neu ausgelost und genau erfüllt. Was aus ist, bleibt wie im Fall.
generate-fluid-about = Fläche intraretinaler Flüssigkeit
generate-cysts-about = Getrennte Gebiete intraretinaler Flüssigkeit
generate-central-about = Mittlere Dicke der Netzhaut im mittleren Millimeter
generate-small-about = Kleine Flächen und wenige Zysten häufiger als große und viele, wie in realen Augen
generate-small = Kleine Läsionen häufiger
generate-some-without = Einige Paare ohne Flüssigkeit
generate-some-without-about = Ein Teil der Paare bekommt keine Flüssigkeit
generate-part = Anteil
generate-drawn-by = Gezeichnet von
generate-looks = Jedes Paar mit eigenem Stil und Gefäßen
generate-looks-about = Ein: Jedes Paar sieht aus, als hätte ein anderes Gerät ein anderes Auge aufgenommen, wo das Modell Stile kennt. Aus: Alle sehen gleich aus.
generate-seed-about = Ein anderer Seed ist ein anderer Datensatz; gleiche Einstellungen und gleicher Seed ergeben dieselben Paare
generate-compute-on = Rechnen auf
generate-device-auto = auto
generate-device-auto-spoken = Einer GPU, wo es eine gibt
generate-device-gpu = GPU
generate-device-gpu-spoken = Auf der GPU erzeugen
generate-device-cpu = CPU
generate-device-cpu-spoken = Auf der CPU erzeugen
generate-filters = Nur Masken behalten mit
generate-filters-about = Was nicht besteht, wird neu ausgelost, bevor ein Scan dazu entsteht, und gezählt.
generate-keep-fluid-about = Fläche der Flüssigkeit aller Arten, gemessen
generate-keep-lesions-about = Getrennte Flüssigkeitsgebiete aller Arten, gezählt
generate-keep-thickness-about = Mittlere Dicke der Netzhaut im mittleren Millimeter, gemessen
generate-cleaning-about = Masken, in denen Flecken oder Spalten in falscher Reihenfolge mehr als diesen Teil der Pixel ausmachten, werden nicht behalten
generate-cleaning = Wenig Bereinigung nötig
generate-at-most = Höchstens
generate-judging = Sobald ein Scan gezeichnet ist
generate-judging-says = Ein Segmentierer, der nur den Scan sieht, sagt, wie viel von der Maske er darin wiederfindet.
generate-keep-best = Die besten behalten
generate-keep-best-about = Es werden mehr Paare gezeichnet als gewünscht, und behalten wird, wovon am meisten wiedergefunden wird: von je zehn so viele. Paare mit kleinen Zysten werden schlechter wiedergefunden als gesunde und seltener behalten
generate-keep-best-spoken = Anteil der Paare, der behalten wird
generate-least-agreement = Mindestens wiedergefunden
generate-least-agreement-about = Paare, von denen weniger wiedergefunden wird (mittlerer Dice von Schichten und Flüssigkeit), entstehen mit einem anderen Seed neu
generate-least-agreement-spoken = Kleinster Dice der Paare, die behalten werden
generate-dice = Dice { $dice }
generate-at-least = Mindestens
generate-relabel = Ränder der Flüssigkeit, wie sie zu sehen sind
generate-relabel-about = Die Labels folgen dem, was der Segmentierer im Scan sieht, bis zu 3 Pixel vom gemalten Rand der Flüssigkeit. Schichten bleiben, und keine Zyste kommt hinzu oder verschwindet
generate-of-those-drawn = { $percent } % der gezeichneten
generate-bundled = { $name } (mitgeliefert)
generate-estimate = Schätzung
generate-measure-about = Erzeugt zwei Paare, ohne sie zu behalten, und sagt, was alle brauchen
generate-unknown = Zeit und Speicherplatz sind bekannt, sobald zwei Paare gemessen wurden.
generate-measuring = Zwei Paare werden erzeugt …
generate-takes = Etwa { $time } und { $bytes } für { $pairs } Paare
generate-each-takes = { $secs } s und { $bytes } je Paar, { $basis }
generate-start = Erzeugen starten
generate-list-damaged = { $file }: { $error }; löschen Sie die Datei und fügen Sie Ihre Ordner mit erzeugten Paaren wieder hinzu

## Generate: list of generations

generate-state-starting = startet
generate-state-running = arbeitet
generate-state-pausing = hält an
generate-state-paused = angehalten
generate-state-finished = fertig
generate-state-broke-off = abgebrochen
generate-list = Erzeugt
generate-list-new = Neu
generate-list-new-about = Paare in großer Zahl erzeugen
generate-add = Ordner …
generate-add-about = Einen Ordner mit Paaren hinzufügen, der auf der Kommandozeile oder auf einem anderen Rechner entstand
generate-add-spoken = Einen Ordner erzeugter Paare hinzufügen
generate-none = Noch keine. Eine Erzeugung macht Scans mit exakten Masken, so viele wie gewünscht.
generate-generation-spoken = Erzeugung { $name }
generate-row = { $state } · { $made } von { $pairs } Paaren

## Generate: orders that cannot be met

generate-choose-first = wählen Sie zuerst eine Erzeugung
generate-no-plan = der Plan ist noch nicht da
generate-no-place = auf diesem Rechner gibt es keinen Ordner für Erzeugungen
generate-no-form = es gibt kein Formular, mit dem begonnen werden könnte
generate-at-work = { $folder }: Dort werden schon Paare erzeugt
generate-no-thread = es konnte kein Vorgang gestartet werden: { $error }
generate-no-process = an dieser Erzeugung arbeitet kein Prozess

## Generate: the page

generate-newest = Neueste Paare
generate-first-one = das erste
generate-last = die letzten { $shown }, das neueste zuerst
generate-labels-about = Masken über den Scans, oder die Scans allein
generate-labels = Masken
generate-labels-spoken = Masken über den Scans
generate-empty = Einen Datensatz erzeugen
generate-how = Drücken Sie Neu, sagen Sie, woher die Masken kommen und wie viele Paare Sie wollen. Scans mit ihren exakten Masken erscheinen hier, während sie entstehen. Die Arbeit ist ein eigener Prozess: Dieses Fenster darf geschlossen werden, und eine Pause oder ein Stromausfall verliert nichts.
generate-no-places = Dieses Fenster wurde ohne einen Ordner für Paare geöffnet.

## Generate: sheet of pairs

generate-pair-open = Paar { $index }: im Editor öffnen
generate-first-coming = Das erste Paar entsteht.
generate-no-pair-yet = Es gibt noch kein Paar.
generate-pair = Paar { $index }
generate-measured-none = keine Flüssigkeit · { $thickness } zentral
generate-measured =
    { $lesions ->
        [one] 1 Läsion, { $fluid } mm² · { $thickness } zentral
       *[other] { $lesions } Läsionen, { $fluid } mm² · { $thickness } zentral
    }
generate-asked-fluid = Flüssigkeit { $area } mm²
generate-asked-cysts =
    { $count ->
        [one] 1 Zyste
       *[other] { $count } Zysten
    }
generate-asked-central = { $um } µm zentral
generate-asked-and-measured =
    Gewünscht: { $asked }
    Gemessen: { $measured }
    Zuvor verworfene Masken: { $rejected }
generate-asked-nothing = nichts: der Quelle überlassen
generate-sizes-differ = { $file } hat { $width } x { $height } Pixel und seine Maske { $label_width } x { $label_height }; löschen Sie beide Dateien, um das Paar neu zu erzeugen
generate-broke-off = Erzeugung „{ $name }“: { $message }
generate-is-finished = Erzeugung „{ $name }“ ist fertig: { $made } Paare.

## Review: places to choose

review-choose-set = Einen Satz zur Begutachtung öffnen
review-choose-reference = Ordner realer Scans zum Vergleich
review-choose-segmenter = Einen Segmentierer wählen
review-choose-export = Leerer Ordner für den Export
review-choose-real = Ordner realer Scans für den Blindtest
review-choose-answers = Antworten des Blindtests

## Review: audited acceptance

review-audit-title = Annahme nach Stichprobe
review-back = Zurück zu den Paaren
review-audit-record-about = Festhalten, wer sie nach welcher Stichprobe und mit welcher Schranke angenommen hat: Exporte nehmen sie dann auf
review-audit-record =
    { $accepted ->
        [one] 1 angenommene Gruppe festhalten
       *[other] { $accepted } angenommene Gruppen festhalten
    }
review-audit-record-spoken = Angenommene Gruppen festhalten
review-audit-about = Von jeder Gruppe ähnlicher Paare werden { $sample } zufällig gewählte angesehen. Ist keines davon schlecht, sind mit { $confidence } % Sicherheit weniger als { $bad } % der Gruppe schlecht. Ein schlechtes Paar, und die Gruppe wird weiter geteilt oder ganz angesehen.
review-audit-bad = Schlecht, höchstens
review-audit-bad-spoken = Schlechte Paare höchstens
review-audit-confidence = Sicherheit
review-audit-groups = Gruppen
review-audit-group = Gruppe { $number }
review-pairs =
    { $count ->
        [one] 1 Paar
       *[other] { $count } Paare
    }
review-audit-sample-spoken = Die Stichprobe der Gruppe { $number } ansehen
review-audit-sample-about = Zeigt ihre Paare in der Übersicht; entscheiden Sie dort und kommen Sie zurück
review-audit-look = { $count } ansehen
review-audit-sample = Stichprobe der Gruppe { $number }
review-audit-all-spoken = Die ganze Gruppe { $number } ansehen
review-audit-all-about = Eine abgelehnte Gruppe wird ganz angesehen oder geteilt: Erhöhen Sie die Zahl der Gruppen
review-audit-all = Alle ansehen
review-audit-accepted = angenommen: weniger als { $bad } % schlecht
review-audit-all-seen = angenommen: Alle wurden angesehen
review-audit-refused =
    { $bad ->
        [one] abgelehnt: 1 der Stichprobe ist schlecht
       *[other] abgelehnt: { $bad } der Stichprobe sind schlecht
    }
review-audit-open = noch { $count } anzusehen

## Review: blind test

review-blind-no-real = { $folder } enthält keinen realen Scan; wählen Sie einen Ordner mit aufgenommenen B-Bildern.
review-blind-unreadable = { $unreadable } Antworten sind nicht lesbar
review-blind-needs-name = Schreiben Sie zuerst Ihren Namen unter „Begutachtung durch“.
review-blind-not-written = Die Antwort wurde nicht geschrieben: { $error }
review-blind-title = Blindtest: real oder synthetisch?
review-blind-about = Gleich viele reale und synthetische Scans, gemischt, einer nach dem anderen: R real, S synthetisch. Jede Antwort wird mit ihrer Zeit behalten; was was war, zeigen erst die Zahlen am Ende.
review-blind-each = Von jeder Art
review-blind-each-spoken = Scans von jeder Art
review-blind-none-chosen = Kein Ordner realer Scans gewählt
review-blind-real-in = { $count } reale Scans in { $name }
review-blind-real-scans = Reale Scans …
review-blind-real-scans-spoken = Reale Scans wählen
review-blind-filtered = Paare werden nur aus denen gezogen, die der Filter zeigt: { $count }.
review-blind-fewer = Gezeigt werden { $count } von jeder Art. Reale Scans: { $real }, synthetische: { $synthetic }.
review-blind-start-about = Braucht reale Scans und den Namen der begutachtenden Person
review-blind-start = Start
review-blind-start-spoken = Den Test beginnen
review-of = { $at } von { $count }
review-blind-synthetic = Synthetisch  S
review-blind-synthetic-spoken = Synthetisch
review-blind-real = Real  R
review-blind-real-spoken = Real
review-blind-share = { $percent } % von { $of }
review-blind-none-shown = keinen gezeigten
review-blind-figures = { $who }: richtig in { $right } % [{ $low }, { $high }] von { $of }; synthetisch genannt { $real } realen und { $synthetic } synthetischen; je { $secs } s
review-blind-csv-about = Alle Antworten als Tabelle
review-blind-csv = Antworten als CSV …
review-blind-csv-spoken = Antworten als CSV
review-blind-written = { $count } Antworten stehen in { $file }.

## Review: a pair in the editor and back

review-edit-no-mask = { $id } hat keine Maske, die sich bearbeiten lässt.
review-edit-gone = der Satz enthält { $id } nicht mehr; das Dokument ist im Editor noch offen

## Review: export

review-layout-pairs = Paare
review-layout-pairs-about = images/, labels/, manifest.jsonl, split.json: hier wieder zum Trainieren
review-layout-nnunet = nnU-Net
review-layout-nnunet-about = imagesTr, labelsTr, imagesTs, labelsTs, dataset.json, splits_final.json
review-layout-mirage = MIRAGE
review-layout-mirage-about = train|val|test/{"{"}bscan,semseg{"}"} und INFO.json
review-layout-webdataset = WebDataset
review-layout-webdataset-about = tar-Teile mit Scan, Maske und Zeile
review-layout-coco = COCO
review-layout-coco-about = Bilder und Annotationen mit lauflängenkodierten Masken
review-layout-nifti = NIfTI
review-layout-nifti-about = Scans und Masken als komprimierte Volumen
review-export-title = Den Satz exportieren
review-export-layout = Aufbau
review-export-folder = Ordner
review-export-folder-hint = Ein leerer oder ein neuer Ordner
review-export-folder-spoken = Ordner des Exports
review-export-choose = Wählen …
review-export-undecided = Auch nicht entschiedene Paare
review-export-near = Auch Paare, die einem realen Scan zu nahe sind
review-export-validate = Validieren
review-export-validate-spoken = Anteil zum Validieren
review-export-test = Testen
review-export-test-spoken = Anteil zum Testen
review-export-preview = { $pairs } Paare werden geschrieben: { $train } zum Trainieren, { $validation } zum Validieren, { $test } zum Testen; nach Personen geteilt. { $looked } wurden angesehen, { $audited } nach einer Stichprobe angenommen, { $undecided } von niemandem entschieden.
review-export-rejected = abgelehnt oder markiert
review-export-not-accepted = nicht angenommen
review-export-too-near = einem realen Scan zu nahe
review-export-without-mask = ohne Maske
review-export-left-out = Ausgelassen: { $words }.
review-export-about = Dateien, die fehlen oder seit der Bewertung geändert wurden, werden ebenfalls ausgelassen und gezählt. Ein Datenblatt wird dazu geschrieben.
review-export-done = { $done } von { $total } Paaren
review-stop = Stopp
review-export-start = Paare exportieren

## Review: bar over the pairs

review-order-number = Nummer
review-order-doubt = Zweifel
review-order-fluid = Flüssigkeit
review-order-central = Zentrale Dicke
review-order-retina = Netzhautdicke
review-order-interfaces = Fehler der Grenzen
review-order-nearness = Nähe zu realen
review-open-another-about = Ein anderer Satz: ein Ordner mit Paaren und einer manifest.jsonl
review-open-another = Öffnen …
review-open-set = Einen Satz öffnen
review-refresh-grown = Neu lesen •
review-refresh-grown-about = Es gibt inzwischen mehr Paare: lesen   F5
review-refresh = Neu lesen
review-refresh-about = Den Satz neu lesen   F5
review-with-about = Nur Paare, die { $name } zeigen
review-with = Mit { $name }
review-fluid-limits = Flüssigkeit mm²
review-central-limits = Zentral µm
review-too-near-about = Nur Paare, die einem realen Scan näher sind als Fremde
review-too-near = Zu nahe
review-too-near-spoken = Einem realen Scan zu nahe
review-name = Name
review-name-spoken = Teil des Namens
review-all-reviewers = Alle Begutachtenden
review-whose = Wessen Entscheidungen
review-any-decision = jede Entscheidung
review-decision = Entscheidung
review-any-reason = jeder Grund
review-reason = Grund
review-generation-of = Erzeugung { $hash }
review-any-generation = jede Erzeugung
review-generation = Erzeugung
review-at-least = mindestens
review-at-most = höchstens
review-share-whole = Ganzer Satz
review-share-first = Erste Hälfte
review-share-second = Zweite Hälfte
review-share-about = Zwei Begutachtende: Jede Person sieht eine Hälfte, und einige Paare beide, ohne zu wissen welche
review-share-every = Beide sehen eines von
review-order = Ordnen nach
review-rising = Aufsteigend
review-falling = Absteigend
review-order-about = Welches Ende zuerst kommt
review-of-pairs = { $shown } von { $all } Paaren
review-clear-about = Alle Paare zeigen
review-clear = Leeren
review-clear-spoken = Den Filter leeren
review-go-to = Gehe zu Paar
review-go-to-hint = Nummer in dieser Ordnung, oder Name

## Review: grid

review-spoken-by-others = , von anderen { $standing }
review-spoken-missing = , eine Datei fehlt
review-spoken-changed = , eine Datei wurde geändert
review-file-missing = Datei fehlt
review-file-changed = seit der Bewertung geändert
review-file-unreadable = nicht lesbar
review-name-edited = { $id } · bearbeitet
review-cleaned = { $columns } bereinigt
review-um-off = { $um } µm daneben
review-away = Abstand { $distance }
review-dice = Dice { $dice }

## Review: doubt

review-strip-columns = Segmentierer gegen Maske, µm je Spalte
review-strip-worst = Segmentierer gegen Maske: die schlechteste Stelle
review-strip-unknown = Kein Segmentierer hat dieses Paar angesehen
review-column-unknown = Spalte { $column }: nicht bekannt
review-column = Spalte { $column }: { $um } µm
review-strip-about = Rot über { $um } µm: dem Doppelten des Abstands der Segmentierung von Graderinnen und Gradern bei diabetischen Augen. Wählen Sie einen Segmentierer, um jede Spalte zu sehen.

## Review: work beside the window

job-broke-off = die Arbeit brach unerwartet ab; versuchen Sie es noch einmal
job-no-thread = es konnte kein Vorgang gestartet werden ({ $error }); schließen Sie andere Programme

## Review: reasons to reject

review-reason-layers-misplaced = Schichten verschoben
review-reason-lesion-unseen = Läsion im Scan nicht zu sehen
review-reason-more-than-mask = Scan zeigt, was die Maske nicht hat
review-reason-lesion = unplausible Läsion
review-reason-layers = unplausible Schichten
review-reason-artefact = Artefakt
review-reason-blurred = unscharf oder flau
review-reason-too-like = einem realen Scan zu ähnlich
review-reason-other = anderes

## Review: a pair that cannot be read

review-pair-unreadable = dieses Paar ist nicht lesbar; lehnen Sie es ab oder erzeugen Sie es neu
review-size-differs = { $file }: { $width }x{ $height } Pixel, wo das Manifest { $said_width }x{ $said_height } sagt; lehnen Sie das Paar ab oder erzeugen Sie es neu
review-was-changed = { $file } wurde seit der Bewertung geändert
review-is-missing = { $file } fehlt

## Review: map of the set

review-map-title = Karte des Satzes
review-map-nothing = Die Zeilen dieses Satzes enthalten keine Zahlen, aus denen eine Karte würde.
review-map-with = Flächen der Masken, Dicken und dem, was ein Segmentierer wiederfand
review-map-without = Flächen der Masken und Dicken allein: Kein Segmentierer hat diesen Satz angesehen
review-map-about = { $pairs } Paare nach { $made_of }. Die beiden Achsen zeigen { $first } % und { $second } % ihrer Streuung. Umfahren Sie einige mit der linken Taste, um sie zu sehen.

## Review: decisions

review-undecided = nicht entschieden
review-accepted = angenommen
review-rejected = abgelehnt
review-flagged = markiert
review-no-log-thread = für die Entscheidungen konnte kein Vorgang gestartet werden: { $error }
review-pairs-in-order = In dieser Ordnung gibt es { $count } Paare.
review-no-such-pair = Kein Paar heißt { $name }.
review-hidden-pair = { $name } ist vom Filter verborgen.
review-needs-name = Schreiben Sie zuerst Ihren Namen unter „Begutachtung durch“: Entscheidungen werden mit Namen behalten.
review-disk-slow = Die Platte kommt mit den Entscheidungen nicht nach: Warten Sie einen Augenblick.
review-again = { $pair } ist wieder { $decision }.
review-not-written = { $pair }: Die Entscheidung wurde nicht geschrieben: { $why }

## Review: the page

review-references-read = { $count } Vergleichsscans aus { $folder }; { $left_out } waren nicht lesbar.
review-edit-kept = { $id }: Bearbeitung { $number } ist behalten; über das Paar ist neu zu entscheiden.
review-edit-not-kept = Die bearbeitete Maske von { $id } wurde nicht behalten: { $message }
review-reading = { $folder } wird gelesen
review-failed = { $folder } kann nicht begutachtet werden
review-title = Paare aus Scan und Maske begutachten
review-how = Öffnen Sie den Ordner eines Satzes, etwa einen der Seite Erzeugen, oder lassen Sie ihn hier fallen. Eine Taste entscheidet und geht weiter: F nimmt an, D lehnt ab, S markiert.
review-open-about = Ein Ordner mit einer manifest.jsonl, auch während er entsteht
review-open = Einen Satz öffnen …

## Review: facts of a pair

review-edit-about = Dieses Paar als eigenes Dokument öffnen, seine Maske ändern, mit F4 zurückkommen   E
review-edit = Im Editor bearbeiten
review-edit-spoken = Paar bearbeiten
review-accept = Annehmen
review-reject = Ablehnen
review-flag = Markieren
review-decide-about = Dieses Paar: { $decision }, und weiter   { $key }
review-reject-why = Ablehnen und sagen, warum
review-reason-spoken = Grund { $number }: { $reason }
review-nearest = Nächster realer Scan
review-no-references = Keine Vergleichsscans bekannt
review-near-verdict = zu nahe: von Exporten ausgeschlossen
review-far-verdict = so weit wie Fremde
review-copy = Kopie
review-stranger = Fremder
review-nearest-spoken = Nächster realer Scan: { $words }
review-asked-and-measured = Gewünscht und gemessen
review-any = beliebig
review-fact-fluid = Flüssigkeit
review-fact-cysts = Zysten (IRF)
review-fact-others = SRF, PED
review-fact-central = Zentrale Dicke
review-fact-retina = Netzhaut
review-fact-cleaned = Bereinigte Spalten
review-fact-spoken = { $name }: gewünscht { $asked }, gemessen { $measured }
review-origin = Herkunft
review-origin-subject = Person { $subject }
review-origin-source = Quelle { $source }
review-origin-seed = Seed { $seed }, Nummer { $index }
review-origin-model = Modell { $model }, { $steps } Schritte
advanced-origin-about = Sampler { $sampler }
review-origin-no-model = keines
review-origin-edited = Maske nach dem Erzeugen geändert; frühere Entscheidungen bleiben stehen und zählen nicht mehr

## Review: a pair in full

review-not-shown = Dieser Scan kann nicht gezeigt werden
review-by-others = von anderen { $standing }
review-synthetic = SYNTHETISCH – nicht zur Diagnose
review-looking = Der Segmentierer sieht es an …
review-no-look = Kein Segmentierer hat dieses Paar angesehen; wählen Sie einen unter „Zweiter Blick“.
review-percentile = , Perzentil { $percent } der Fremden
review-nearest-reference = nächster Vergleichsscan { $name }: Abstand { $distance }{ $percentile }, Korrelation { $correlation } nach Ausrichtung (N halten)
review-no-reference = Keine Vergleichsscans; wählen Sie welche unter „Zweiter Blick“.
review-nearer = näher als Fremde
review-as-far = so weit wie Fremde
review-nearest-away = nächster Vergleichsscan im Abstand { $distance }: { $words }
review-picture-nearest = Nächster Vergleichsscan
review-picture-labels = Scan mit seiner Maske
review-picture-bare = Scan ohne Maske

## Review: a second look at every pair

review-job-nearest = Vergleich mit realen Scans
review-compared = { $pairs } Paare wurden verglichen, { $near } liegen einem realen Scan zu nahe; { $unreadable } waren nicht lesbar.
review-job-doubt = Der Segmentierer sieht jedes Paar an
review-looked = Ein Segmentierer hat { $pairs } Paare angesehen; { $unreadable } waren nicht lesbar.
review-stopped = Angehalten; nichts wurde geändert.

## Review: facts of the set

review-reviewer = Begutachtung durch
review-reviewer-hint = Ihr Name
review-troubles = Dateien fehlen: { $missing } Paare, seit der Bewertung geändert: { $changed } Paare
review-troubles-so-far = Dateien fehlen: { $missing } Paare, seit der Bewertung geändert: { $changed } Paare bisher
review-all-there = Alle Dateien sind da und wie bei der Bewertung
review-has-grown = Der Satz ist gewachsen: F5 liest die neuen Paare
review-standing = { $accepted } angenommen, { $rejected } abgelehnt, { $flagged } markiert, { $undecided } nicht entschieden
review-in-audited = { $audited } in Gruppen nach Stichprobe
review-pending = { $count } Entscheidungen auf dem Weg zur Platte
review-agreement = Übereinstimmung
review-agreement-none = Noch keine zwei Personen haben über dieselben Paare entschieden
review-kappa = Kappa { $kappa } [{ $low }, { $high }]
review-same = beide sagen immer dasselbe
review-agreement-of = { $first } und { $second }, { $pairs } gemeinsame Paare: { $figure }
review-second-look = Zweiter Blick
review-segmenter-named = Segmentierer: { $name }
review-no-segmenter = Kein Segmentierer
review-segmenter-about = Ein Segmentierer beschriftet den Scan allein; wo er von der Maske abweicht, wird in µm je Spalte gezeigt
review-segmenter = Segmentierer …
review-segment-all-about = Jedes Paar ansehen lassen: Die zweifelhaftesten kommen dann zuerst
review-all-pairs = Alle Paare
review-segment-all = Alle Paare segmentieren
review-references-of = { $count } Vergleichsscans aus { $name }
review-references-none = Keine Vergleichsscans
review-reference-about = Ein Datensatz oder ein Ordner realer Scans: Was einem davon zu nahe liegt, wurde erinnert, nicht erzeugt
review-reference = Vergleich …
review-reference-spoken = Vergleichsscans wählen
review-compare-all-about = Jedes Paar vergleichen: Paare, die zu nahe sind, bleiben dann aus Exporten heraus
review-compare-all = Alle Paare vergleichen
review-job = { $name } – { $percent } %
review-stop-spoken = Die Arbeit anhalten
review-stop-about = Anhalten; nichts geht verloren
review-audit = Stichprobe …
review-audit-spoken = Stichprobe
review-audit-button-about = Gruppen ähnlicher Paare nach einer Zufallsstichprobe annehmen, mit einer Schranke
review-blind = Blindtest …
review-blind-spoken = Blindtest
review-blind-button-about = Real oder synthetisch? Ein Scan nach dem anderen, mit Zeit
review-map = Karte …
review-map-spoken = Karte
review-map-button-about = Alle Paare als Punkte, ähnliche beisammen; umfahren Sie einige, um sie zu sehen
review-check = Dateien prüfen
review-check-about = Sind alle Dateien da und wie bei der Bewertung?
review-export = Export …
review-export-button-about = Die angenommenen Paare für andere Programme schreiben

## Review: what the keys do

review-all-decided = Sie haben über jedes gezeigte Paar entschieden.
review-nothing-to-undo = Es gibt keine Entscheidung von Ihnen zurückzunehmen.
review-keys-grid = F annehmen   D ablehnen   S markieren   1–9 mit Grund ablehnen   A zurück   Tab nächstes offene   Leertaste Maske   Enter groß   U rückgängig   E Editor   Strg G gehe zu   F6 Leiste
review-keys-pair = F annehmen   D ablehnen   S markieren   1–9 mit Grund ablehnen   A zurück   Tab nächstes offene   Leertaste Maske   N nächster realer Scan   U rückgängig   E Editor   Esc Übersicht
review-keys-back = Esc zurück zu den Paaren
review-keys-blind = R real   S synthetisch   Esc beendet den Test
review-drawn-around = Umfahren
review-none-pass = Kein Paar besteht den Filter
review-none-pass-about = Leeren Sie ihn in der Leiste oben.
review-no-pair-in-view = Es ist kein Paar zu sehen.

## Review: reports

review-job-files = Dateien werden angesehen
review-files-stopped = Die Prüfung der Dateien wurde angehalten.
review-recorded =
    { $count ->
        [one] 1 Gruppe ist angenommen und festgehalten.
       *[other] { $count } Gruppen sind angenommen und festgehalten.
    }
review-files-fine = Alle Dateien sind da und wie bei der Bewertung.
review-files-troubled = { $count } Dateien fehlen oder wurden seit der Bewertung geändert.
review-exported = { $pairs } Paare wurden nach { $folder } exportiert.

## Training: the form of a data set

data-open = Datensatz erstellen …
data-open-about = Einen Datensatz aus Scans und Masken erstellen und hier wählen
data-title = Datensatz erstellen
data-usual-name = Datensatz
data-inputs = Scans und Masken
data-inputs-about = Ordner: images/ mit masks/ oder labels/ gleicher Namen, Bilder allein, Duke DME wie veröffentlicht (Subject_01.mat …), Tian 2015, OCT2017, Exporte von Geräten, Datensätze. Dateien: Dokumente, Volumen und Bilder, die dieses Fenster öffnet.
data-add-folder = Ordner …
data-add-folder-about = Ordner mit Scans hinzufügen, mit oder ohne Masken
data-add-files = Dateien …
data-add-files-about = Dokumente, Volumen oder Bilder hinzufügen; eine Datei ist eine Person
data-choose-folders = Ordner mit Scans
data-choose-files = Dateien mit Scans
data-choose-parent = Ordner für Datensätze wählen
data-remove = { $input } entfernen
data-kind-set = ein Datensatz
data-kind-mat =
    Duke DME, { $count ->
        [one] 1 Person
       *[other] { $count } Personen
    }
data-kind-export = Export eines Geräts
data-kind-file = eine Datei
data-kind-volumes = Volumen, mit ihren Masken, wo es welche gibt
data-kind-tian = Tian 2015
data-kind-duke = Duke DME, Bilder
data-kind-oct2017 = OCT2017, ohne Masken
data-kind-pairs = Scans mit Masken
data-kind-images = Scans ohne Masken
data-kind-unknown = hier sind keine Scans zu finden
data-name = Name
data-keep-in = Ablegen in
data-labels = Maskenwerte
data-labels-own = wie dieses Programm sie schreibt
data-scheme-studio = 0 über ILM, 1–7 Schichten, 9 IRF, 10 SRF, 11 PED
data-scheme-paper = neun Klassen: 0 Hintergrund, 1–7 Schichten, 8 Flüssigkeit
data-scheme-retouch = RETOUCH: 1 IRF, 2 SRF, 3 PED
data-scheme-aroi = AROI: 5 PED, 6 SRF, 7 IRF
data-scheme-steps = gleichmäßig verteilte Grauwerte
data-scheme-binary = eine Struktur, weiß auf schwarz
data-scheme-voc = Farben von PASCAL VOC
data-subject = Person vor
data-subject-about = dem letzten dieser Zeichen im Dateinamen; leer: jede Datei eine
data-validate = Es validiert eine von
data-validate-about = Geteilt werden Personen, nie Scans: Kein Auge liegt auf beiden Seiten. Öffentliche Augen behalten ihre bekannte Seite.
data-validate-unit = Personen
data-unlabelled = Auch Scans ohne Maske
data-unlabelled-about = Sie dienen der ersten Stufe, die nur Scans lernt
data-with-text = Auch Scans mit Text in einer Ecke
data-with-text-about = Solcher Text kann ein Name sein: Ohne dies werden sie aufgezählt und ausgelassen, bis Sie sie angesehen haben
data-make = Erstellen
data-cancel-about = Endet nach dem Scan, an dem gerade gearbeitet wird; was fertig ist, bleibt, und Erstellen macht damit weiter
data-stopping = Endet nach diesem Scan …
data-stopped = Abgebrochen. Was fertig ist, bleibt, und Erstellen macht damit weiter.
data-broke-off = Die Arbeit brach unerwartet ab. Erstellen macht weiter; entfernen Sie die Quelle, an der es endete, falls es wieder geschieht.
data-looking = Die Quellen werden angesehen …
data-importing = Scans werden gelesen: { $done } von { $of }
data-importing-some = Scans werden gelesen: bisher { $done }
data-framing = Scans kommen in den Datensatz und werden auf Kopien geprüft: { $done } von { $of }
data-made = Der Datensatz ist erstellt und gewählt: { $training } Scans von { $trainers } Personen trainieren, { $validation } von { $validators } validieren.
data-copies = { $count } Paare von Beinahe-Kopien liegen auf beiden Seiten der Aufteilung: Geben Sie ihnen eine Person.
data-skipped = Ausgelassen: { $count }
data-needs-inputs = Fügen Sie einen Ordner mit Scans oder Dateien hinzu.
data-unusable = { $input } enthält keine lesbaren Scans: Entfernen Sie ihn, oder wählen Sie den Ordner, der sie enthält.
data-one-character = Die Person endet an einem Zeichen, etwa _
data-needs-name = Geben Sie dem Datensatz einen Namen.
data-bad-name = Der Name darf Buchstaben, Ziffern, Leerzeichen, Punkte und Striche haben.
data-needs-parent = Wählen Sie einen Ordner für Datensätze.
## Vorführung

kiosk-name = Vorführung
kiosk-title = Malen Sie eine Netzhaut
kiosk-invite = Berühren Sie das Bild und malen Sie.
kiosk-synthetic = SYNTHETISCH – nicht zur Diagnose
kiosk-some-synthetic = Manche davon sind SYNTHETISCH – nicht zur Diagnose
kiosk-pane-labels = Beschriftung: hier malen
kiosk-pane-scan = SYNTHETISCHE Aufnahme dazu
kiosk-drawing = Die Aufnahme wird gezeichnet.
kiosk-no-scan = Dieser Rechner kann keine Aufnahmen zeichnen. Malen lässt sich trotzdem.
kiosk-language = English
kiosk-cyst = Zyste
kiosk-cyst-about = Malen Sie eine Zyste: Flüssigkeit in der Netzhaut ist in der Aufnahme dunkel.
kiosk-fluid = Flüssigkeit darunter
kiosk-fluid-about = Netzhaut berühren und nach oben ziehen: Flüssigkeit darunter hebt alle Schichten.
kiosk-push = Schicht schieben
kiosk-push-about = Berühren Sie eine Schicht und ziehen Sie sie nach oben oder unten.
kiosk-erase = Radieren
kiosk-erase-about = Wischen Sie Flüssigkeit weg.
kiosk-undo = Rückgängig
kiosk-start-again = Von vorn
kiosk-another = Anderes Auge
kiosk-play = Echt oder synthetisch?
kiosk-countdown = Neustart in { $seconds } s. Zum Weitermachen irgendwo berühren.
kiosk-question = Aufnahme { $number } von { $of }: echt oder synthetisch? (Tasten 1 und 2)
kiosk-real = 1 Echt
kiosk-drawn = 2 Synthetisch
kiosk-back = Zurück zum Malen
kiosk-next = Weiter
kiosk-right = Richtig!
kiosk-wrong = Diesmal nicht.
kiosk-was-synthetic = Diese Aufnahme ist SYNTHETISCH: Das Programm hat sie aus einer Beschriftung gezeichnet.
kiosk-was-real = Diese Aufnahme ist echt. { $credit }
kiosk-result = { $right } von { $of } richtig in { $seconds } s.
kiosk-play-again = Noch einmal
kiosk-board = Bestenliste
kiosk-place = Sie sind Spieler { $player }: Platz { $place } von { $players }.
kiosk-board-line = { $place }. Spieler { $player }: { $right } von { $of } in { $seconds } s
kiosk-board-all = Alle zusammen: { $percent } % richtig
kiosk-lock-title = Für das Personal
kiosk-lock-about = Mit der PIN wird die Vorführung verlassen.
kiosk-lock-wrong = Das ist nicht die PIN.
kiosk-lock-barred = Zu viele Versuche. Warten Sie { $seconds } s.
kiosk-lock-delete = Löschen
kiosk-lock-enter = Verlassen
kiosk-lock-cancel = Abbrechen

kiosk-healthy-young = Junge, gesunde Makula
kiosk-healthy-young-about = Sieben Schichten und die Grube, mit der wir am schärfsten sehen.
kiosk-healthy-old = Gesunde Makula im Alter
kiosk-healthy-old-about = Die Schichten sind etwas dünner; die Grube ist noch da.
kiosk-dme-mild = Diabetes: die ersten Zysten
kiosk-dme-mild-about = Einige kleine Zysten neben der Grube.
kiosk-dme-moderate = Diabetes: Makulaödem
kiosk-dme-moderate-about = Zysten in mehreren Schichten machen die Netzhaut dicker.
kiosk-dme-severe = Diabetes: schweres Makulaödem
kiosk-dme-severe-about = Große Zysten, und Flüssigkeit unter der Netzhaut.
kiosk-oedema-diffuse = Geschwollen wie ein Schwamm
kiosk-oedema-diffuse-about = Die Netzhaut ist überall dick, mit wenigen kleinen Zysten.
kiosk-csc = Chorioretinopathia centralis serosa
kiosk-csc-about = Klare Flüssigkeit hebt die Netzhaut wie eine Kuppel.
kiosk-namd-ped = Feuchte altersbedingte Makuladegeneration
kiosk-namd-ped-about = Neue Gefäße heben das Pigmentepithel; Flüssigkeit sammelt sich.
kiosk-traction = Eine Membran zieht
kiosk-traction-about = Gewebe auf der Netzhaut zieht ihre Grube flach.
kiosk-atrophy = Geographische Atrophie
kiosk-atrophy-about = Die äußeren Schichten fehlen dort, wo wir am schärfsten sehen.
kiosk-srf-only = Flüssigkeit unter der Netzhaut
kiosk-srf-only-about = Die Sinneszellen sind von dem abgehoben, was sie ernährt.
kiosk-ped-only = Abhebung des Pigmentepithels
kiosk-ped-only-about = Das Pigmentepithel hebt sich von der Membran darunter.
device-gone = { $name } ist nicht mehr da
device-no-window = { $name } ({ $backend }) kann nicht in dieses Fenster zeichnen; mit --gpu eine andere nennen
