"""One table of sources: whatever stands in it is retrieved, explained, labelled and documented."""

import re
from pathlib import Path

import pytest

from cypher import load
from graph.ranking.profiles import profile
from graph.ranking.sources import FORMER, GENERAL, SOURCES
from tests.documents import coded, table

ROOT = Path(__file__).parents[1]
RANKED = load("feed/ranked").text
PAGE = load("feed/page").text
OF_SLATES = {"missed"}
"""Sources whose share comes from the floor of a slate, so that ranked lists have none of them."""


@pytest.mark.parametrize("name", SOURCES)
def test_each_source_has_a_block_a_reason_a_prior_a_label_and_a_row(name: str) -> None:
    source = SOURCES[name]
    ranking = profile("default").ranking
    assert ranking is not None
    assert source.name == name
    assert (ROOT / "cypher" / "fragments" / f"{source.fragment}.cypher").is_file()
    assert f"// fragment: {source.fragment}" in RANKED
    assert f"'{name}'" in RANKED
    assert ranking.priors[name] > 0
    if name in profile("default").sources:
        assert ranking.page.quotas[name] > 0
        assert (ranking.batch.quotas.get(name, 0) > 0) == (name not in OF_SLATES)
        options = (ROOT / "service" / "static" / "options.js").read_text(encoding="utf-8")
        assert f'  {name}: "{source.label}",' in options
    rows = {coded(row[0])[0]: row for row in table("docs/sources.md", "source")}
    assert rows[name][1] == source.brings


def test_every_source_but_the_general_has_a_reason_that_is_checked_when_a_page_is_read() -> None:
    values = re.findall(r"(CASE .* END|'\w+') AS source\b", PAGE)
    told = {name for value in values for name in re.findall(r"(?:^|THEN |ELSE )'(\w+)'", value)}
    assert told == (SOURCES.keys() - {*GENERAL}) | {"trending"} | (FORMER.keys() - {"rising"})


def test_the_statement_names_no_source_that_the_table_lacks() -> None:
    assert set(re.findall(r"RETURN post, '(\w+)' AS source", RANKED)) <= SOURCES.keys()
