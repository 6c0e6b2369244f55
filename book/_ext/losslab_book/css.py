"""Join style sheets and drop the rules no page can match."""

import re

import tinycss2

NESTING = {"media", "supports", "layer", "container"}


def words(pages, scripts):
    """Every name that can occur as a class: in an attribute of a page, anywhere in a script."""
    found = set()
    for page in pages:
        for value in re.findall(r'\bclass="([^"]*)"', page):
            found.update(value.split())
    for script in scripts:
        found.update(re.findall(r"[\w-]+", script))
    return found


def marker(path):
    return f"file:{path.name}"


def rebase(path, place):
    """The text of a style sheet with its url(...) pointing where ``place`` says; @imports removed."""

    def move(match):
        target = match[1].strip("'\"")
        if target.startswith(("data:", "#")):
            return match[0]
        source = (path.parent / target.split("?")[0].split("#")[0]).resolve()
        if source.suffix in (".ttf", ".woff", ".eot") or not source.exists():
            return "url(dropped)"
        placed = place(source)
        return f'url("{placed if isinstance(placed, str) else marker(placed)}")'

    text = re.sub(r"@import[^;]+;", "", path.read_text("utf8"))
    return re.sub(r"url\(([^)]*)\)", move, text) + "\n"


def classes(tokens):
    """Class names a selector needs; those inside :not(...) and the like are not needed."""
    previous = None
    for token in tokens:
        if token.type == "ident" and previous is not None and previous == ".":
            yield token.value
        previous = token.value if token.type == "literal" else None


def selectors(prelude):
    part = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def purge(text, used):
    """Serialise the style sheet with only the selectors whose classes are all in ``used``."""
    return "".join(_rules(tinycss2.parse_stylesheet(text, True, True), used))


def _rules(rules, used):
    for rule in rules:
        if rule.type == "qualified-rule":
            kept = [s for s in selectors(rule.prelude) if used.issuperset(classes(s))]
            body = tinycss2.serialize(rule.content).strip()
            if kept and body:
                names = ",".join(tinycss2.serialize(s).strip() for s in kept)
                yield f"{names}{{{_tight(body)}}}\n"
        elif (
            rule.type == "at-rule" and rule.lower_at_keyword in NESTING and rule.content is not None
        ):
            inner = "".join(_rules(tinycss2.parse_rule_list(rule.content, True, True), used))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}\n"
        elif rule.type == "at-rule" and rule.lower_at_keyword == "font-face":
            body = _one_source(tinycss2.serialize(rule.content))
            if body:
                yield f"@font-face{{{body}}}\n"
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            yield rule.serialize() + "\n"


def _tight(body):
    return re.sub(r"\s+", " ", body)


def _one_source(body):
    """Of a font's sources keep the woff2; of the icon fonts only the solid one is used."""
    if "fa-brands" in body or "fa-regular" in body or "fa-v4" in body:
        return ""
    sources = re.findall(r'url\("(?!dropped)[^)]*\)\s*format\(["\']?woff2["\']?\)', body)
    return re.sub(r"src:[^;}]*", f"src:{sources[0]}", body) if sources else ""
