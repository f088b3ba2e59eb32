"""A hand at the real window on a virtual display: starts the program, moves the pointer, presses keys, counts both.

What becomes of a job is not read from the screen but from the window's title, from files and from the program's own
command line; the screen is only looked at for whether it has come to rest.
"""

import ctypes
import json
import mmap
import os
import shutil
import struct
import subprocess
import time

# What the jobs need beside the program; a software Vulkan driver is missed by the program itself.
TOOLS = ("Xvfb", "xdotool")
# The upper left corner of the window, which the shadow of a dialog darkens.
CORNER = (0, 0, 300, 40)
_display = 70 + os.getpid() % 20


def missing():
    """The tools that are not installed."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


class NotSo(Exception):
    """A job did not end as it must; says what was waited for or found."""


class Screen:
    """The pixels of an Xvfb with -fbdir: an XWD file that changes."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self.memory[:100])
        self.start, self.line, self.size = header[0] + 12 * header[19], header[12], (header[4], header[5])

    def region(self, box=None, step=3):
        """Every third row of a box (left, top, right, bottom)."""
        x0, y0, x1, y1 = box or (0, 0, *self.size)
        rows = range(y0, y1, step)
        return b"".join(self.memory[self.start + y * self.line + 4 * x0:self.start + y * self.line + 4 * x1] for y in rows)


class Hand:
    """Somebody at the window. `as_user`: the number of the user that runs it, where that is another one."""

    def __init__(self, program, folder, size=(1480, 920), scale=1, arguments=(), shots=None, as_user=None, environment=None):
        global _display
        _display += 1
        self.program_path, self.folder, self.size, self.scale, self.shots = program, folder, size, scale, shots
        self.clicks = self.keys = 0
        self.data = os.path.join(folder, "data")
        display = f":{_display}"
        self.environment = {key: value for key, value in os.environ.items()
                            # A chooser of the desktop cannot be driven: the window asks for paths itself.
                            if key not in ("DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY")}
        self.environment.update(DISPLAY=display, HOME=folder, RETIDIFF_DATA=self.data, XDG_RUNTIME_DIR=folder,
                                LANG="C.UTF-8", WINIT_X11_SCALE_FACTOR=str(scale), **(environment or {}))
        screen = os.path.join(folder, f"screen{_display}")
        os.makedirs(screen, exist_ok=True)
        self.server = subprocess.Popen(
            ["Xvfb", display, "-screen", "0", f"{size[0]}x{size[1]}x24", "-fbdir", screen, "-ac", "-noreset"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait(lambda: self.tool("getdisplaygeometry").strip(), "the virtual display", 20)
        self.screen = Screen(os.path.join(screen, "Xvfb_screen0"))
        self.as_user, self.process = as_user, None
        self.began = time.monotonic()
        self.start(*arguments)

    def start(self, *arguments):
        """Starts the program and waits until it has drawn its window."""
        command = [self.program_path, *map(str, arguments)]
        user = {} if self.as_user is None else {"user": self.as_user, "group": self.as_user, "extra_groups": []}
        with open(os.path.join(self.folder, "stderr"), "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=log, stderr=log, **user)
        self.wait(self.window, "the window", 90)
        window = self.window()
        self.tool("windowsize", window, *self.size, "windowmove", window, 0, 0, "windowfocus", window)
        self.wait(lambda: "RetiDiff Studio" in self.title() and len(set(self.screen.region(step=40))) > 8, "a picture", 60)
        self.rest(0.6, 30)
        self.unshaded = self.brightness()

    def window(self):
        """The number of the window, or nothing."""
        if self.process.poll() is not None:
            with open(os.path.join(self.folder, "stderr"), encoding="utf-8", errors="replace") as file:
                raise NotSo(f"the program ended with {self.process.returncode}: {file.read()[-300:].strip()}")
        found = self.tool("search", "--onlyvisible", "--name", "RetiDiff").split()
        return found[-1] if found else None

    def tool(self, *words):
        """What xdotool answers."""
        done = subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return done.stdout

    # Looking

    def title(self):
        """The title of the window: "• name, 3/31 – RetiDiff Studio"."""
        window = self.window()
        return self.tool("getwindowname", window).strip() if window else ""

    def is_unsaved(self):
        """Whether the title says so."""
        return self.title().startswith("•")

    def wait(self, is_so, what, limit=120):
        """Waits until something is so, and returns it."""
        begun = time.monotonic()
        while True:
            found = is_so()
            if found:
                return found
            if time.monotonic() - begun > limit:
                self.shot("waited-in-vain")
                raise NotSo(f"waited {limit} s in vain for {what}; the title is {self.title_or_none()!r}")
            time.sleep(0.05)

    def title_or_none(self):
        """The title, where there is a window."""
        return self.title() if self.process and self.process.poll() is None else None

    def rest(self, still=1.0, limit=60, box=None):
        """Waits until nothing of the screen has changed for a while."""
        begun = changed = time.monotonic()
        last = self.screen.region(box)
        while time.monotonic() - changed < still:
            if time.monotonic() - begun > limit:
                return False
            time.sleep(0.05)
            now = self.screen.region(box)
            if now != last:
                last, changed = now, time.monotonic()
        return True

    def calm(self, limit=15):
        """Waits until all but the right half of the panes stands, where the synthetic scan is drawn meanwhile."""
        width, height = self.size
        return self.rest(0.6, limit, (0, 0, width * 2 // 5, height))

    def settle(self, limit=120, still=0.8):
        """Waits until the program does nothing more: no thread of it runs or waits for a core, the screen stands."""
        begun = calm = time.monotonic()
        last = self.screen.region()
        while time.monotonic() - calm < still:
            if time.monotonic() - begun > limit:
                raise NotSo(f"the program is still busy after {limit} s")
            time.sleep(0.04)
            now = self.screen.region()
            if now != last or self.is_busy():
                last, calm = now, time.monotonic()

    def is_busy(self):
        """Whether a thread of the program runs or waits for a core."""
        tasks = f"/proc/{self.process.pid}/task"
        for task in os.listdir(tasks):
            try:
                with open(f"{tasks}/{task}/stat", encoding="utf-8", errors="replace") as file:
                    if file.read().rsplit(")", 1)[1].split()[0] == "R":
                        return True
            except FileNotFoundError:
                continue
        return False

    def is_shaded(self):
        """Whether the window lies in the shadow of a dialog."""
        return self.brightness() < 0.7 * self.unshaded

    def brightness(self):
        """Of the corner that the shadow of a dialog darkens."""
        return sum(self.screen.region(CORNER, 1)[1::4])

    def palette(self):
        """The pixels where the field of the palette is, when it is open."""
        middle = self.size[0] // 2
        return self.screen.region((middle - 200, int(84 * self.scale), middle + 200, int(112 * self.scale)), 1)

    def shot(self, name):
        """Keeps a picture of the screen where those are wanted."""
        if self.shots and shutil.which("import"):
            path = os.path.join(self.shots, f"{name}.png")
            subprocess.run(["import", "-window", "root", path], env=self.environment, check=False)

    # Doing

    def press(self, *chords):
        """Presses keys, each as xdotool names it: "ctrl+p"."""
        for chord in chords:
            self.tool("key", "--clearmodifiers", chord)
            self.keys += 1
            time.sleep(0.06)

    def type(self, text):
        """Types a text."""
        self.tool("type", "--delay", 6, "--", text)
        self.keys += len(text)
        time.sleep(0.1)

    def move(self, x, y):
        """Moves the pointer."""
        self.tool("mousemove", round(x), round(y))

    def click(self, x, y, button=1, times=1):
        """Presses a button of the pointer at a place."""
        self.move(x, y)
        time.sleep(0.12)
        for _ in range(times):
            self.tool("mousedown", button, "sleep", 0.04, "mouseup", button)
        self.clicks += times
        time.sleep(0.15)

    def wheel(self, x, y, notches):
        """Turns the wheel down over a place. No press, so it does not count."""
        self.move(x, y)
        self.tool("click", "--repeat", notches, "--delay", 30, 5)
        time.sleep(0.15)

    def see(self, box, act, *arguments):
        """Does something that changes a box of the window, and waits until it has, and has come to rest."""
        if act == self.click:
            self.move(*arguments[:2])
        self.rest(0.35, 5, box)
        before = self.screen.region(box)
        # A press that came before its button was drawn is lost, as it would be to anybody.
        for _ in range(3 if act == self.click else 1):
            act(*arguments)
            begun = time.monotonic()
            while time.monotonic() - begun < (10 if act == self.click else 60):
                if self.screen.region(box) != before:
                    self.rest(0.35, 5, box)
                    return
                time.sleep(0.05)
        self.shot("waited-in-vain")
        raise NotSo(f"nothing changed after {arguments}; the title is {self.title()!r}")

    def stroke(self, *places):
        """One stroke of the pointer from place to place."""
        (x, y), *others = [(round(x), round(y)) for x, y in places]
        words = ["mousemove", x, y, "sleep", 0.1, "mousedown", 1, "sleep", 0.05]
        for to_x, to_y in others:
            for step in range(1, 7):
                words += ["mousemove", round(x + (to_x - x) * step / 6), round(y + (to_y - y) * step / 6), "sleep", 0.016]
            x, y = to_x, to_y
        self.tool(*words, "sleep", 0.05, "mouseup", 1)
        self.clicks += 1
        time.sleep(0.15)

    def command(self, words, asks=False):
        """Does a command of the palette, found by the words of its name; `asks`: it opens a dialog."""
        closed = self.palette()
        self.press("ctrl+p")
        self.wait(self.is_shaded, "the palette", 30)
        self.type(words)
        self.wait(lambda: self.palette() != closed, "the words in the palette", 30)
        time.sleep(0.3)
        opened = self.palette()
        self.press("Return")
        self.wait(lambda: self.palette() != opened, f"the palette to close after {words!r}", 30)
        if not asks:
            self.wait(lambda: not self.is_shaded(), f"the end of {words!r}", 30)

    def ask_for_path(self, *chords):
        """Presses what asks for a path, once more where a busy machine took it for a chooser that was closed."""
        for _ in range(3):
            self.press(*chords)
            begun = time.monotonic()
            while time.monotonic() - begun < 8:
                if self.is_shaded():
                    return
                time.sleep(0.1)
        self.shot("waited-in-vain")
        raise NotSo(f"{chords} asked for no path; the title is {self.title()!r}")

    def answer_path(self, path):
        """Types a path into the window's own question for one, and enters it."""
        self.wait(self.is_shaded, f"the question for {path}", 30)
        time.sleep(0.3)
        self.press("ctrl+a")
        self.type(str(path))
        self.press("Return")

    def open(self, path, folder=False):
        """Opens a file or a folder by its path, and waits until the title follows."""
        before = self.title()
        if folder:
            self.command("Open a folder", asks=True)
        else:
            self.ask_for_path("ctrl+o")
        self.answer_path(path)
        self.wait(lambda: self.title() != before, f"the title after opening {path}", 60)

    def save_as(self, path):
        """Saves under a path, and waits until it is there."""
        self.ask_for_path("ctrl+shift+s")
        self.answer_path(path)
        named = os.path.basename(path)
        self.wait(lambda: os.path.isfile(path) and self.title().startswith(named), f"{path}", 90)

    def write(self, words, path):
        """Does a command that asks where to write, and waits until the file is there."""
        self.command(words, asks=True)
        self.answer_path(path)
        self.wait(lambda: os.path.isfile(path) and os.path.getsize(path) > 0, f"{path}", 120)

    def close(self):
        """Asks the window to close, as a desktop does, and waits until the program has ended."""
        ask_to_close(self.environment["DISPLAY"], int(self.window()))
        self.clicks += 1
        self.process.wait(30)
        return self.process.returncode

    def end(self):
        """Ends what was started."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.server.terminate()
        self.server.wait(20)

    # Asking the program

    def ask(self, *arguments, fails=False):
        """What the program's command line answers."""
        return ask(self.program_path, *arguments, fails=fails)

    def info(self, path):
        """What a file is, as `retidiff info --json` says it."""
        return json.loads(self.ask("info", path, "--json"))

    def pixels(self, path, page=0):
        """Pixels of each label of a page of a file, by the short name."""
        return {label["name"]: label["pixels"] for label in self.info(path)["pages"][page]["labels"]}


def ask(program, *arguments, fails=False):
    """What a program answers to a command; `fails`: its exit code tells something else."""
    done = subprocess.run([program, *map(str, arguments)], check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    if done.returncode and not fails:
        raise NotSo(f"{' '.join(map(str, arguments))}: {done.stderr.strip()[-300:]}")
    return done.stdout


def ask_to_close(display, window):
    """Sends the request to close that a desktop sends."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]

    class ClientMessage(ctypes.Structure):
        """XClientMessageEvent, padded to the size of XEvent."""
        _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                    ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                    ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("pad", ctypes.c_long * 24)]

    connection = x11.XOpenDisplay(display.encode())
    protocols = x11.XInternAtom(connection, b"WM_PROTOCOLS", 0)
    delete = x11.XInternAtom(connection, b"WM_DELETE_WINDOW", 0)
    event = ClientMessage(type=33, display=connection, window=window, message_type=protocols, format=32)
    event.data[0] = delete
    x11.XSendEvent(connection, window, 0, 0, ctypes.byref(event))
    x11.XSync(ctypes.c_void_p(connection), 0)
    x11.XCloseDisplay(ctypes.c_void_p(connection))
