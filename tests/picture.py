#!/usr/bin/env python3
"""Draws what a command shows on a terminal as SVG, for README.

    tests/picture.py --at 5.5 src/Host/bin/Release/net10.0/actorload > docs/terminal.svg

Runs the command on a terminal of its own, of 80 columns and 24 rows, and draws the screen as it is after so many seconds, or at its end (--at end).
The command is then interrupted. Knows the escape sequences that ActorLoad's views use, and stops at any other."""
import argparse
import codecs
import fcntl
import html
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

COLUMNS, ROWS = 80, 24
WIDTH, HEIGHT, MARGIN = 8.4, 18, 14
COLORS = {30: "#6e7681", 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea", 37: "#c9d1d9"}
SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b[=>]|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)")


class Screen:
    """Characters with their styles, and where the cursor is."""

    def __init__(self):
        self.cells = [[(" ", ())] * COLUMNS for _ in range(ROWS)]
        self.row = self.column = 0
        self.style = ()

    def feed(self, text):
        """Shows text; returns what is left of it, an unfinished sequence."""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                match = SEQUENCE.match(text, at)
                if not match:
                    if len(text) - at < 32:
                        return text[at:]
                    raise ValueError(f"an unknown escape sequence: {text[at:at + 16]!r}")
                if match[2]:
                    self.obey(match[1], match[2])
                at = match.end()
                continue
            self.put(text[at])
            at += 1
        return ""

    def put(self, character):
        if character == "\n":
            self.row += 1
            if self.row == ROWS:
                self.cells = [*self.cells[1:], [(" ", ())] * COLUMNS]
                self.row -= 1
        elif character == "\r":
            self.column = 0
        elif character >= " ":
            if self.column == COLUMNS:
                self.column = 0
                self.put("\n")
            self.cells[self.row][self.column] = (character, self.style)
            self.column += 1

    def obey(self, arguments, letter):
        numbers = [int(number or 0) for number in arguments.lstrip("?").split(";")]
        count = max(1, numbers[0])
        if letter == "m":
            self.dress(numbers)
        elif letter == "A":
            self.row = max(0, self.row - count)
        elif letter == "B":
            self.row = min(ROWS - 1, self.row + count)
        elif letter == "C":
            self.column = min(COLUMNS - 1, self.column + count)
        elif letter == "D":
            self.column = max(0, self.column - count)
        elif letter == "G":
            self.column = count - 1
        elif letter == "H":
            self.row, self.column = count - 1, max(1, (numbers + [1])[1]) - 1
        elif letter == "K":
            start = 0 if numbers[0] == 2 else self.column
            self.cells[self.row][start:] = [(" ", ())] * (COLUMNS - start)
        elif letter == "J":
            for row in range(0 if numbers[0] == 2 else self.row, ROWS):
                self.cells[row] = [(" ", ())] * COLUMNS
        elif letter not in "hl":
            raise ValueError(f"an unknown escape sequence: {arguments}{letter}")

    def dress(self, numbers):
        at = 0
        while at < len(numbers):
            number = numbers[at]
            if number == 38 and numbers[at + 1] == 5:
                self.style = (*self.style, 30 + numbers[at + 2] % 8)
                at += 2
            elif number == 38 and numbers[at + 1] == 2:
                self.style = (*self.style, "#" + "".join(f"{part:02x}" for part in numbers[at + 2:at + 5]))
                at += 4
            elif number == 0:
                self.style = ()
            else:
                self.style = (*self.style, number - 60 if number >= 90 else number)
            at += 1

    def svg(self, title):
        last = max((row for row in range(ROWS) if any(character != " " for character, _ in self.cells[row])), default=0)
        width, height = COLUMNS * WIDTH + 2 * MARGIN, (last + 1) * HEIGHT + 2 * MARGIN
        yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img" aria-label="{html.escape(title)}">'
        yield '<rect width="100%" height="100%" rx="8" fill="#0d1117"/>'
        yield '<g font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#c9d1d9" xml:space="preserve">'
        for row in range(last + 1):
            for column, text, style in self.runs(row):
                color = next((COLORS.get(part, part) for part in reversed(style) if part in COLORS or isinstance(part, str)), None)
                words = (f' fill="{color}"' if color else "") + (' font-weight="bold"' if 1 in style else "") + (' opacity="0.6"' if 2 in style else "")
                x, y = MARGIN + column * WIDTH, MARGIN + row * HEIGHT + HEIGHT - 5
                yield f'<text x="{x:.1f}" y="{y}" textLength="{len(text) * WIDTH:.1f}"{words}>{html.escape(text)}</text>'
        yield "</g></svg>"

    def runs(self, row):
        """Pieces of one style, without the spaces around them."""
        column = 0
        while column < COLUMNS:
            style, end = self.cells[row][column][1], column
            while end < COLUMNS and self.cells[row][end][1] == style:
                end += 1
            text = "".join(character for character, _ in self.cells[row][column:end])
            if text.strip():
                yield column + len(text) - len(text.lstrip()), text.strip(), style
            column = end


def output(terminal):
    """What has come; empty if nothing has for a while, None when the command has ended."""
    if not select.select([terminal], [], [], 0.05)[0]:
        return b""
    try:
        return os.read(terminal, 65536) or None
    except OSError:
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at", default="end", help="seconds after the first output, or end")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
        os.execvp(options.command[0], options.command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    screen, rest, begun = Screen(), "", None
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    limit = 120 if options.at == "end" else float(options.at)
    while begun is None or time.monotonic() - begun < limit:
        read = output(terminal)
        if read is None:
            break
        if read:
            begun = begun or time.monotonic()
            rest = screen.feed(rest + decoder.decode(read))
    else:
        os.kill(child, signal.SIGINT)
        while output(terminal) is not None:
            pass
    os.waitpid(child, 0)
    print("\n".join(screen.svg(" ".join([os.path.basename(options.command[0]), *options.command[1:]]))))


if __name__ == "__main__":
    sys.exit(main())
