#!/usr/bin/env python3
"""Makes the tables beside it anew, by asking the reference tools.

    python3 make.py pep440      needs `pip install packaging`
    python3 make.py debian      needs `dpkg`
    python3 make.py rpm         needs `rpm` 4.17 or later (for `rpm.ver` in its Lua)
    python3 make.py rpmvercmp RPMVERCMP.AT
                                carries the cases of rpm's own test-suite over

The versions are drawn by a fixed seed, close to each other, so that all rules of an order decide some pair.
"""
import pathlib
import random
import re
import subprocess
import sys

PAIRS = 3000
REFUSED = 400
HERE = pathlib.Path(__file__).parent
SIGNS = {-1: "<", 0: "=", 1: ">"}


def pep440(dice):
    number = lambda: dice.choice(["0", "1", "1", "2", "9", "10", "01", "255", "256", "65536", "20240101", "4294967296"])
    separator = lambda: dice.choice(["", "", ".", "-", "_"])

    def stage(words):
        return separator() + dice.choice(words) + dice.choice(["", separator() + number(), number()])

    text = dice.choice(["", "", "", "", "v", "V"]) + dice.choice(["", "", "", "", "0!", "1!", "2024!"])
    text += ".".join(number() for _ in range(dice.choice([1, 2, 2, 3, 3, 4, 5])))
    if dice.random() < 0.4:
        text += stage(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha"])
    if dice.random() < 0.3:
        text += dice.choice(["-" + number(), stage(["post", "rev", "r", "POST"])])
    if dice.random() < 0.3:
        text += stage(["dev", "DEV"])
    if dice.random() < 0.3:
        local = [dice.choice(["a", "b", "AB", "cu118", "0", "1", "01", "10", "1a", "ubuntu"]) for _ in range(dice.choice([1, 1, 2, 3]))]
        text += "+" + dice.choice([".", "-", "_"]).join(local)
    return text


def part(dice, others, pieces):
    """Digits and words by turns, beginning with digits."""
    number = lambda: dice.choice(["0", "1", "1", "2", "9", "10", "01", "001", "0", "1", "20240101"] + dice.choice([[], [], ["9" * 20, "1" + "0" * 20]]))
    word = lambda: dice.choice([dice.choice(others), dice.choice(others) + dice.choice(pieces), dice.choice(pieces)])
    text = number()
    for _ in range(dice.choice([0, 1, 1, 2, 2, 3])):
        text += word() + dice.choice([number(), number(), number(), ""])
    return text


def debian(dice):
    others = [".", ".", ".", ".", "~", "~", "+", "-", "~~"]
    words = ["a", "b", "A", "rc", "dfsg", "git", "p"]
    text = dice.choice(["", "", "", "", "0:", "1:", "01:", "10:"]) + part(dice, others, words)
    if dice.random() < 0.6:
        text = text.rstrip("-") + "-" + part(dice, [".", "~", "+", "+"], ["deb12u", "bpo", "ubuntu", "b", "nmu"])
    return text


def rpm(dice):
    others = [".", ".", ".", ".", "~", "~", "^", "^", "+", "_"]
    words = ["a", "b", "A", "rc", "git", "p", "x"]
    text = dice.choice(["", "", "", "", "0:", "1:", "01:", "10:"]) + part(dice, others, words)
    if dice.random() < 0.6:
        text += "-" + part(dice, [".", ".", ".", "_", "~", "^"], ["el", "fc", "rc", "bp", "git"])
    return text


def respelt(text, dice):
    """With other leading zeros, and something added at an end or not."""
    spell = lambda match: dice.choice([match[0], match[0], "0" + match[0], match[0].lstrip("0") or "0"])
    text = re.sub("[0-9]+", spell, text)
    added = [".", ".0", "-0", "0", "~", "^", "a", ".a", "a0", ".post0", ".dev0", "+a", "-1", ""]
    return dice.choice(["", "", "", "0:", "0!", "v"]) + text + dice.choice(added + [""] * len(added))


def mutated(text, dice):
    """A text that may be no version any more."""
    alphabet = "019.-_+~^:!*abrcv/xß "
    at = dice.randrange(len(text) + 1)
    kind = dice.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + dice.choice(alphabet) + text[at:]
    return text[:at] + dice.choice(alphabet) + text[at + 1 :]


def pairs(draw, known, dice):
    """Some as they come, some that begin alike, some that may only be spelt differently."""
    rows = {}
    while len(rows) < PAIRS:
        a, b = draw(dice), draw(dice)
        kind = dice.randrange(4)
        if kind == 1:
            b = a[: dice.randrange(1, len(a) + 1)] + b[dice.randrange(len(b) + 1) :]
        elif kind > 1:
            b = respelt(a, dice)
        if known(a) and known(b):
            rows[a, b] = None
    return list(rows)


def strangers(draw, known, dice):
    """Texts without white space that the tool refuses."""
    texts = {}
    while len(texts) < REFUSED:
        text = mutated(draw(dice), dice)
        if text.split() == [text] and not known(text):
            texts[text] = None
    return list(texts)


def known_to_packaging(text):
    """Without the numbers of 64 bits and more, which holdpoint refuses to order."""
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        return False
    return all(int(digits) < 2**64 - 1 for digits in re.findall("[0-9]+", text))


def known_to_dpkg(text):
    return subprocess.run(["dpkg", "--validate-version", "--", text], capture_output=True).returncode == 0


def known_to_rpm(text):
    """rpm compares anything with anything; these are the versions that it lets a package have."""
    return re.fullmatch(r"([0-9]{1,9}:)?[0-9][A-Za-z0-9._+~^]*(-[A-Za-z0-9][A-Za-z0-9._+~^]*)?", text) is not None


def compare_packaging(rows):
    from packaging.version import Version

    return [(Version(a) > Version(b)) - (Version(a) < Version(b)) for a, b in rows]


def compare_dpkg(rows):
    def holds(a, word, b):
        return subprocess.run(["dpkg", "--compare-versions", a, word, b]).returncode == 0

    return [-1 if holds(a, "lt", b) else 1 if holds(a, "gt", b) else 0 for a, b in rows]


def compare_rpm(rows):
    body = 'local x, y = rpm.ver(a), rpm.ver(b) print(x < y and "-1\\n" or x == y and "0\\n" or "1\\n")'
    return lua(f"function c(a, b) {body} end", rows)


def compare_parts_by_rpm(rows):
    return lua('function c(a, b) print(rpm.vercmp(a, b) .. "\\n") end', rows)


def lua(function, rows):
    answers = []
    for some in (rows[start : start + 250] for start in range(0, len(rows), 250)):
        code = "\n".join([function] + [f'c("{a}", "{b}")' for a, b in some])
        out = subprocess.run(["rpm", "--eval", "%{lua: " + code + "}"], capture_output=True, text=True, check=True)
        answers += map(int, out.stdout.split())
    assert len(answers) == len(rows)
    return answers


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def packaging():
    import packaging

    return f"Python `packaging` {packaging.__version__}"


TOOLS = {
    "pep440": (packaging, pep440, known_to_packaging, compare_packaging),
    "debian": (lambda: first_line("dpkg", "--version").rstrip("."), debian, known_to_dpkg, compare_dpkg),
    "rpm": (lambda: first_line("rpm", "--version") + " (`rpm.ver` in its Lua)", rpm, known_to_rpm, compare_rpm),
}


def generated(name):
    dice = random.Random(name)
    version, draw, known, compare = TOOLS[name]
    rows = pairs(draw, known, dice)
    refused = [] if name == "rpm" else strangers(draw, known, dice)
    also = f", and {len(refused)} texts that it refuses" if refused else ""
    head = [f"How {version()} compares {len(rows)} pairs of versions{also}. By `make.py {name}`."]
    write(name, head, rows, compare(rows), refused)


def carried_over(path):
    """Also the cases that rpm keeps as comments, for what they show of the tool; its answer is what counts."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    cases = re.findall(r"^(?:dnl )?RPMVERCMP\((\S+), (\S+), -?[01]\)", text, re.MULTILINE)
    head = [
        "The pairs in tests/rpmvercmp.at of github.com/rpm-software-management/rpm, those in its comments too,",
        f"with the answers of {first_line('rpm', '--version')} (`rpm.vercmp` in its Lua). By `make.py rpmvercmp`.",
    ]
    write("rpmvercmp", head, cases, compare_parts_by_rpm(cases))


def write(name, head, rows, answers, refused=()):
    lines = [f"# {line}" for line in head]
    lines += [f"{a}\t{SIGNS[answer]}\t{b}" for (a, b), answer in zip(rows, answers)]
    lines += [f"refused\t{text}" for text in refused]
    (HERE / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "rpmvercmp":
        carried_over(sys.argv[2])
    else:
        generated(sys.argv[1])
