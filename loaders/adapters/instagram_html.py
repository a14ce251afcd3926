"""Reader of the pages of an Instagram export in HTML, which is all that is left of some accounts.

A page holds blocks in its main part. Each becomes an element in the shape that the export in JSON has for it: follows
`string_list_data`, posts of one's own `media`, everything else `label_values`. Blocks are found by their tags and their
order, as labels are in the person's language.

Times are in the clock of an unknown zone, to the minute, and taken for UTC. Those whose day and month are ambiguous
(04/05/2024), or whose month has an unknown name, are left out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape

from loaders.adapters.instagram_shapes import CAPTION, Element

MAX_DEPTH = 100
"""The deepest nesting of a page's elements that is read: Instagram's have a third of it."""
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen janv janeiro enero gennaio januar januari january janvier",
            "feb fev fév févr fevereiro febrero febbraio februar februari february février",
            "mar mär mrt mars märz março marzo maart march",
            "apr abr avr avril abril aprile april",
            "may mai mag mei maj maio mayo maggio",
            "jun giu juin junho junio giugno juni june",
            "jul lug juil juillet julho julio luglio juli july",
            "aug ago aoû août agosto augustus august",
            "sep set sept setembro septiembre settembre september septembre",
            "oct out okt ott outubro octubre ottobre oktober october octobre",
            "nov novembro noviembre novembre november",
            "dec dez dic déc dezembro diciembre dicembre dezember december décembre",
        ),
        1,
    )
    for name in names.split()
}
"""Numbers of months by their names, long and short."""
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\s*(?P<half>[ap])\.?\s?m\.?)?"
_TIMES = [
    re.compile(rf"{date},?\s*(?:às\s|à\s|um\s|at\s)?{_CLOCK}", re.IGNORECASE)
    for date in (
        r"(?P<word>[^\W\d]{3,10})\.?\s(?P<day>\d{1,2}),?\s(?:de\s)?(?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.?\s(?:de\s)?(?P<word>[^\W\d]{3,10})\.?,?\s(?:de\s)?(?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
        r"(?P<year>\d{4})[-/.年]\s?(?P<month>\d{1,2})[-/.月]\s?(?P<day>\d{1,2})[.日]?",
    )
]


@dataclass
class Node:
    """An element of a page, with the texts and elements in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def nodes(self) -> Iterator["Node"]:
        """The elements directly in it."""
        return (child for child in self.children if isinstance(child, Node))

    def walk(self, without: str = "") -> Iterator["Node"]:
        """All elements in it, in the order of the page; of those with the tag `without`, not what is in them."""
        pending = [*self.nodes()][::-1]
        while pending:
            node = pending.pop()
            yield node
            if node.tag != without:
                pending += [*node.nodes()][::-1]

    def text(self) -> str:
        """Its text, with line breaks."""
        parts, pending = [], [*reversed(self.children)]
        while pending:
            child = pending.pop()
            if isinstance(child, str):
                parts.append(child)
            elif child.tag == "br":
                parts.append("\n")
            else:
                pending += reversed(child.children)
        return "".join(parts).strip()


def elements(content: bytes) -> list[Element]:
    """The elements of a page; none if it has neither blocks nor a main part. Raises ValueError if it is not HTML."""
    page = _parse(content.decode("utf-8", "replace"))
    main = next((node for node in page.walk() if node.tag == "main" or node.attributes.get("role") == "main"), None)
    blocks = [*_blocks(main or page)] or [*(main.nodes() if main else ())]
    return [element for block in blocks if (element := _element(block))]


def _blocks(holder: Node) -> Iterator[Node]:
    """The outermost blocks of the class that pages of today have for them."""
    pending = [*holder.nodes()][::-1]
    while pending:
        node = pending.pop()
        if "_a6-g" in node.attributes.get("class", "").split():
            yield node
        else:
            pending += [*node.nodes()][::-1]


def seconds(text: str) -> int | None:
    """The epoch second of a time as a page writes it, in UTC; None if it is ambiguous."""
    text = " ".join(text.split())
    for pattern in _TIMES:
        if found := pattern.fullmatch(text):
            return _seconds(found.groupdict())
    return None


def _seconds(parts: dict[str, str | None]) -> int | None:
    month = parts["month"] if "month" in parts else _MONTHS.get((parts["word"] or "").lower())
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
    try:
        date = (int(parts["year"] or 0), int(month or 0), int(parts["day"] or 0))
        moment = datetime(*date, hour, int(parts["minute"] or 0), int(parts["second"] or 0), tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp())


_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:(?P<close>>)|(?P<name>[^\s/>][^\s/>=]*+)"""
    r"""(?:\s*+=\s*+(?:"(?P<two>[^"]*+)"|'(?P<one>[^']*+)'|(?P<bare>[^\s>"'][^\s>]*+)))?)"""
)
"""An attribute with its value in quotes of two kinds or none, or the end of the tag."""
_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}
"""The ends of elements in which nothing else is markup."""


def _parse(text: str) -> Node:
    """The page of a text, in time that grows with its length.

    Elements that are not closed end with those around them; a tag that is not closed ends the page. Raises ValueError
    for a page that ends within a comment or declaration, or whose elements are nested more than MAX_DEPTH deep.
    """
    tree, place = _Tree(), 0
    while (start := text.find("<", place)) >= 0:
        tree.add(text[place:start])
        tag = _TAG.match(text, start)
        if tag is None:
            place = _after_markup(text, start)
            tree.add(text[start:place] if place == start + 1 else "")
            continue
        name, place = tag["name"].lower(), tag.end()
        attributes: dict[str, str] = {}
        while (found := _ATTRIBUTE.match(text, place)) and not found["close"]:
            value = found["two"] or found["one"] or found["bare"] or ""
            attributes.setdefault(found["name"].lower(), unescape(value))
            place = found.end()
        if found is None:
            return tree.page
        place = found.end()
        if tag["end"]:
            tree.end(name)
            continue
        tree.begin(Node(name, attributes), is_closed=text[place - 2] == "/")
        if name in _RAW:
            end = _RAW[name].search(text, place)
            place = end.start() if end else len(text)
    tree.add(text[place:])
    return tree.page


def _after_markup(text: str, start: int) -> int:
    """The place after a comment, a declaration, or a sign < that begins no markup."""
    if text.startswith("<!--", start):
        what, end, length = "comment", text.find("-->", start + 2), 3
    elif text.startswith(("<!", "<?", "</"), start):
        what, end, length = "declaration", text.find(">", start), 1
    else:
        return start + 1
    if end < 0:
        raise ValueError(f"it ends within a {what}")
    return end + length


class _Tree:
    """The nodes of a page while it is read."""

    def __init__(self) -> None:
        self.page = Node("")
        self._open = [self.page]
        self._names = Counter[str]()
        """The number of open elements of each name."""

    def add(self, text: str) -> None:
        if text:
            self._open[-1].children.append(unescape(text))

    def begin(self, node: Node, *, is_closed: bool) -> None:
        self._open[-1].children.append(node)
        if node.tag in _VOID or is_closed:
            return
        if len(self._open) > MAX_DEPTH:
            raise ValueError(f"its elements are nested more than {MAX_DEPTH} deep")
        self._open.append(node)
        self._names[node.tag] += 1

    def end(self, tag: str) -> None:
        """Closes the innermost element of this name with all in it; nothing if there is none."""
        if not self._names[tag]:
            return
        while True:
            node = self._open.pop()
            self._names[node.tag] -= 1
            if node.tag == tag:
                return


def _element(block: Node) -> Element | None:
    """The element of a block; None for one without content."""
    title, time = _heading(block), _time_of(block)
    entries = [entry for row in _rows(block) for entry in _entries(row)]
    if files := [file for node in block.walk() if (file := _file(node))]:
        media = [{"uri": file} for file in dict.fromkeys(files)]
        captions = [entry for entry in entries if entry.get("label", "").casefold() in CAPTION]
        return {"title": title, "media": media, "label_values": captions} | _stamp("creation_timestamp", time)
    if entries:
        if time is None and (time := seconds(entries[-1].get("value", ""))) is not None:
            del entries[-1]  # the time is in the last row
        if time is None and len(entries) == 1 and "href" in entries[0]:
            time = _time_of(block, without="")  # or below the link, in the only row
        return {"title": title, "label_values": entries} | _stamp("timestamp", time)
    links = [node for node in block.walk() if node.tag == "a" and "href" in node.attributes]
    if not links:
        return None
    return {"title": title, "string_list_data": [_link(node) | _stamp("timestamp", time) for node in links]}


def _heading(block: Node) -> str:
    """The text of a block's own heading, if it begins with one."""
    first = next(block.nodes(), None)
    return first.text() if first and first.tag == "h2" else ""


def _rows(block: Node) -> Iterator[Node]:
    """The rows of a block's tables, without those of tables within them."""
    return (node for node in block.walk(without="tr") if node.tag == "tr")


def _entries(row: Node) -> Iterator[Element]:
    """The labelled values of a row: in two cells, or in one whose label comes before; or the groups in it."""
    cells = _cells(row)
    for cell in cells if len(cells) == 1 else ():
        yield from map(_group, _headed(cell))
    yield from _values(row)


def _values(row: Node) -> Iterator[Element]:
    """The labelled values of a row, without groups."""
    cells = _cells(row)
    if len(cells) > 1:
        yield _value(cells[0].text(), cells[1])
        return
    for cell in cells:
        label = "".join(child for child in cell.children if isinstance(child, str)).strip()
        if (label or cell.text()) and next(_headed(cell), None) is None:
            yield _value(label, Node("", children=[*cell.nodes()]))


def _cells(row: Node) -> list[Node]:
    return [node for node in row.nodes() if node.tag in ("td", "th")]


def _headed(cell: Node) -> Iterator[Node]:
    """The elements in a cell that begin with a heading, and those in them, to three levels."""
    pending = [(node, 0) for node in cell.nodes()][::-1]
    while pending:
        node, level = pending.pop()
        if _heading(node):
            yield node
            level += 1
        if level < 3:
            pending += [(inner, level) for inner in node.nodes()][::-1]


def _value(label: str, holder: Node) -> Element:
    hrefs = [node.attributes["href"] for node in holder.walk() if node.tag == "a" and "href" in node.attributes]
    return {"label": label, "value": holder.text()} | ({"href": hrefs[0]} if hrefs else {})


def _group(block: Node) -> Element:
    """A group, such as the owner, whose values are in a table, or the hashtags, whose values are in blocks."""
    rows = [*_rows(block)]
    if rows:
        return {"title": _heading(block), "dict": [{"dict": [entry for row in rows for entry in _values(row)]}]}
    inner = [node for node in block.walk() if not [*node.nodes()] and node.text() and node.tag != "h2"]
    label, values = (inner[0].text(), inner[1:]) if inner else ("", [])
    return {
        "title": _heading(block),
        "dict": [{"dict": [{"label": label, "value": value.text()}]} for value in values],
    }


def _time_of(block: Node, without: str = "table") -> int | None:
    """The last time that stands alone in a part of a block, outside its tables."""
    texts = (
        node.text() for node in block.walk(without=without) if node.tag in ("div", "footer") and not [*node.nodes()]
    )
    return next((time for text in [*texts][::-1] if (time := seconds(text)) is not None), None)


def _file(node: Node) -> str:
    """The picture or video of the export that an element shows or links; '' if none."""
    place = node.attributes.get("href") or node.attributes.get("src") or ""
    return place if re.match(r"(\.\./)*media/", place) else ""


def _link(node: Node) -> Element:
    href, text = node.attributes["href"], node.text()
    return {"href": href} | ({} if text == href else {"value": text})


def _stamp(key: str, time: int | None) -> Element:
    return {} if time is None else {key: time}
