"""Plays a quiz page in Chromium, without a network: with a pointer, with a finger and with the keyboard. Run by
tests/teaching.rs. RETIDIFF_CHROMIUM may name the browser's program; playwright's own is taken otherwise."""

import os
import sys

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sys.exit("no playwright")

WIDTH = 1000


def launch(play):
    return play.chromium.launch(executable_path=os.environ.get("RETIDIFF_CHROMIUM"), args=["--no-sandbox"])


def tasks(page):
    return page.evaluate("tasks.map(({one, question}) => ({kind: question.kind, correct: question.correct, rows: question.rows, lesions: question.lesions, width: one.width, height: one.height}))")


def screen(box, task, x, y):
    return box["x"] + x / task["width"] * box["width"], box["y"] + y / task["height"] * box["height"]


def by_pointer(page):
    for task in tasks(page):
        if task["kind"] == "choice":
            page.locator("#answers button").nth(task["correct"]).click()
        else:
            page.locator("#scan").scroll_into_view_if_needed()
            box = page.locator("#scan").bounding_box()
            if task["kind"] == "line":
                known = [(x, y) for x, y in enumerate(task["rows"]) if y is not None]
                page.mouse.move(*screen(box, task, known[0][0] + 0.5, known[0][1]))
                page.mouse.down()
                for x, y in known[::6] + [known[-1]]:
                    page.mouse.move(*screen(box, task, x + 0.5, y))
                page.mouse.up()
            else:
                for lesion in task["lesions"]:
                    for y, x0, x1 in lesion[::5]:
                        page.mouse.move(*screen(box, task, x0 + 1, y + 0.5))
                        page.mouse.down()
                        page.mouse.move(*screen(box, task, x1 - 1, y + 0.5))
                        page.mouse.up()
            page.get_by_role("button", name="Done").click()
        page.locator("#next").click()


def by_touch(page):
    """A finger on a telephone: taps, and strokes as the browser's own touch events."""
    hand = page.context.new_cdp_session(page)

    def touch(kind, points):
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def stroke(points):
        touch("touchStart", points[:1])
        for point in points[1:]:
            touch("touchMove", [point])
        touch("touchEnd", [])

    for task in tasks(page):
        if task["kind"] == "choice":
            page.locator("#answers button").nth(task["correct"]).tap()
        else:
            page.locator("#scan").scroll_into_view_if_needed()
            box = page.locator("#scan").bounding_box()
            if task["kind"] == "line":
                known = [(x, y) for x, y in enumerate(task["rows"]) if y is not None]
                stroke([screen(box, task, x + 0.5, y) for x, y in known[::6] + [known[-1]]])
            else:
                for lesion in task["lesions"]:
                    for y, x0, x1 in lesion[::5]:
                        stroke([screen(box, task, x0 + 1, y + 0.5), screen(box, task, x1 - 1, y + 0.5)])
            page.get_by_role("button", name="Done").tap()
        page.locator("#next").tap()


def by_keyboard(page):
    for task in tasks(page):
        if task["kind"] == "choice":
            page.keyboard.press(str(task["correct"] + 1))
        elif task["kind"] == "line":
            rows = task["rows"]
            at = [0, task["height"] // 3]
            while at[0] < task["width"] - 1:
                wanted = next((row for row in rows[at[0]:] if row is not None), at[1])
                while abs(at[1] - wanted) > 2:
                    page.keyboard.press("ArrowDown" if wanted > at[1] else "ArrowUp")
                    at[1] += 2 if wanted > at[1] else -2
                page.keyboard.press("ArrowRight")
                at[0] = min(at[0] + 4, task["width"] - 1)
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
        assert page.locator("#next").is_visible()
        page.keyboard.press("Enter")


def game(browser, file, name, play):
    # A telephone is narrow, and its own pixels are small.
    looks = {"viewport": {"width": 412, "height": 915}, "has_touch": True, "is_mobile": True} if name == "touch" else {"viewport": {"width": WIDTH, "height": 1100}}
    page = browser.new_context(offline=True, accept_downloads=True, **looks).new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("file://" + os.path.abspath(file))
    count = len(tasks(page))
    play(page)
    results = page.evaluate("results")
    assert len(results) == count and not faults, (len(results), count, faults)
    points = {one["question"]: one["points"] for one in results}
    choices = [one["points"] for one in results if one["question"] not in ("draw_ilm", "mark_fluid")]
    assert all(point == 1 for point in choices), points
    assert points["draw_ilm"] > 0.9, points
    if name != "keyboard":
        assert points["mark_fluid"] > 0.4, points
    with page.expect_download() as download:
        page.get_by_role("button", name="Save results").click()
    lines = open(download.value.path(), newline="").read().split("\r\n")
    assert lines[0] == "case,question,answer,truth,points" and len(lines) == count + 2, lines
    picture = os.environ.get("RETIDIFF_QUIZ_PICTURE")
    if picture and name == "pointer":
        page.evaluate("start(); at = tasks.findIndex(({question}) => question.kind === 'fluid'); show()")
        page.wait_for_timeout(300)
        page.screenshot(path=picture)
    print(f"played by {name}: {points}")


with sync_playwright() as play:
    browser = launch(play)
    if sys.argv[1] != "--can-play":
        game(browser, sys.argv[1], "pointer", by_pointer)
        game(browser, sys.argv[1], "touch", by_touch)
        game(browser, sys.argv[1], "keyboard", by_keyboard)
    browser.close()
