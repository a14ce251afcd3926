"""`python -m cypher`: what stands in several files of cypher/ is written from one place, and checked."""

import re
from pathlib import Path

import pytest

from cypher import StatementFormError, __main__, fragments
from cypher.fragments import complete, differences, rename

SMALL = {
    "fragments/seen": "// Whether I saw a post\nEXISTS { (me)-[:VIEWED]->(post) }\n  AND post.id <> $without\n",
    "feed/all": "// Returns what I saw\n// :param me => '42'\n// :param without => '1'\n"
    "MATCH (me:User {id: $me})\nMATCH (post:Post)\nWHERE\n  // fragment: seen\n  // end fragment\nRETURN post\n",
    "params": "// Samples\n:param me => '42';\n:param without => '1';\n",
}


def with_block(*lines: str, **files: str) -> dict[str, str]:
    """The small folder with this text in place of the statement's block; `a_b` is the file a/b."""
    [head, tail] = re.split(r"  // fragment: seen\n  // end fragment\n", SMALL["feed/all"])
    others = {name.replace("_", "/"): text for name, text in files.items()}
    return SMALL | others | {"feed/all": head + "".join(f"{line}\n" for line in lines) + tail}


def lines(files: dict[str, str]) -> list[str]:
    """The lines of the statement between WHERE and RETURN, completed."""
    text = complete(files)["feed/all"].splitlines()
    return text[text.index("WHERE") + 1 : text.index("RETURN post")]


def test_a_block_is_the_fragment_without_its_comment_indented_as_its_marker() -> None:
    assert lines(SMALL) == [
        "  // fragment: seen",
        "  EXISTS { (me)-[:VIEWED]->(post) }",
        "    AND post.id <> $without",
        "  // end fragment",
    ]


def test_what_stood_in_a_block_is_replaced() -> None:
    assert lines(with_block("  // fragment: seen", "true", "AND false", "  // end fragment")) == lines(SMALL)


def test_a_remark_may_stand_behind_the_name() -> None:
    [begin, *rest] = lines(with_block("  // fragment: seen, so that none comes twice", "  // end fragment"))
    assert begin == "  // fragment: seen, so that none comes twice"
    assert rest == lines(SMALL)[1:]


def test_writing_twice_changes_nothing_more() -> None:
    once = complete(SMALL)
    assert once != SMALL
    assert complete(once) == once
    assert differences(once) == []


def test_variables_of_a_fragment_have_the_names_that_the_marker_gives() -> None:
    assert lines(with_block("// fragment: seen (post=link, me=author)", "// end fragment"))[1:-1] == [
        "EXISTS { (author)-[:VIEWED]->(link) }",
        "  AND link.id <> $without",
    ]


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("(post)-[:POSTED]-(post:Post)", "(link)-[:POSTED]-(link:Post)"),
        ("post.post, $post, reposted, post1", "link.post, $post, reposted, post1"),
        (
            "'post' + \"post\" + post // post\n+ `post` /* post */",
            "'post' + \"post\" + link // post\n+ `post` /* post */",
        ),
        ("{post: post, other: post} AS post", "{post: link, other: link} AS link"),
        ("(:post)-[:post]-() WHERE x.post", "(:post)-[:post]-() WHERE x.post"),
        ("items[..post] + items[post..]", "items[..link] + items[link..]"),
        ("me {.post, post: me}", "post {.post, post: post}"),
    ],
)
def test_only_variables_are_renamed(text: str, renamed: str) -> None:
    assert rename(text, {"post": "link", "me": "post"}) == renamed


def test_types_and_labels_are_renamed_with_their_colon() -> None:
    text = "(LIKED:Post)-[:LIKED {LIKED: 1}]->(x:LIKED_TOO) WHERE x IS :: STRING"
    assert rename(text, {":LIKED": ":VIEWED", ":Post": ":Photo"}) == text.replace("[:LIKED ", "[:VIEWED ").replace(
        ":Post", ":Photo"
    )


def test_a_block_of_a_fragment_may_have_another_type() -> None:
    assert lines(with_block("// fragment: seen (:VIEWED=:LIKED, post=link)", "// end fragment"))[1:-1] == [
        "EXISTS { (me)-[:LIKED]->(link) }",
        "  AND link.id <> $without",
    ]


def test_fragments_hold_fragments_whose_markers_stay_there() -> None:
    outer = "// Whether I saw it\n// fragment: seen (post=image)\n// end fragment\nAND image.isPublic\n"
    files = with_block("// fragment: outer (image=link)", "// end fragment", fragments_outer=outer)
    assert lines(files)[1:-1] == [
        "EXISTS { (me)-[:VIEWED]->(link) }",
        "  AND link.id <> $without",
        "AND link.isPublic",
    ]
    assert "// fragment: seen (post=image)\nEXISTS { (me)-[:VIEWED]->(image) }" in complete(files)["fragments/outer"]


def test_a_block_may_be_the_body_of_a_statement() -> None:
    one = "// Returns one row\n// :param me => '42'\nMATCH (n {id: $me})\n\nRETURN n\n"
    files = with_block("  // fragment: one/row", "  // end fragment", one_row=one, params="// S\n:param me => '42';\n")
    assert lines(files)[1:-1] == ["  MATCH (n {id: $me})", "", "  RETURN n"]


def test_the_body_of_a_statement_is_copied_without_its_headings() -> None:
    one = "// Returns one row\n// :param me => '42'\n// ---- 1. Me\nMATCH (n {id: $me})\n// ---- 2. A row\nRETURN n\n"
    files = with_block("  // fragment: one/row", "  // end fragment", one_row=one, params="// S\n:param me => '42';\n")
    assert lines(files)[1:-1] == ["  MATCH (n {id: $me})", "  RETURN n"]
    assert complete(files)["one/row"] == one


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (
            ["// fragment: sene", "// end fragment"],
            ":7: fragment 'sene' is unknown: cypher/fragments/sene.cypher does not",
        ),
        (
            ["// fragment: no/such", "// end fragment"],
            ":7: fragment 'no/such' is unknown: cypher/no/such.cypher does not exist",
        ),
        (["// fragment: seen"], ":7: fragment 'seen' has no '// end fragment'"),
        (["// fragment: seen", "// fragment: seen", "// end fragment"], ":7: fragment 'seen' has no '// end fragment'"),
        (["// end fragment"], ":7: '// end fragment' without a '// fragment: NAME' before it"),
        (["// fragment: seen (post = link)", "// end fragment"], ":7: not a marker"),
        (["// fragment: seen", "// end fragment seen"], ":8: not a marker"),
        (["// fragment: seen (pots=link)", "// end fragment"], ":7: fragment 'seen' has no variable pots"),
        (["// fragment: feed/all", "// end fragment"], ":7: fragment 'feed/all' holds itself: feed/all > feed/all"),
    ],
)
def test_a_block_that_cannot_be_written_is_an_error_with_file_and_line(block: list[str], problem: str) -> None:
    with pytest.raises(StatementFormError, match="^" + re.escape(f"cypher/feed/all.cypher{problem}")):
        complete(with_block(*block))


def test_fragments_that_hold_each_other_are_an_error_that_names_the_circle() -> None:
    circle = {f"fragments_{a}": f"// Holds {b}\n// fragment: {b}\n// end fragment\n" for a, b in ("xy", "yx")}
    with pytest.raises(StatementFormError, match=r"fragments/y\.cypher:2: .* fragments/x > fragments/y > fragments/x$"):
        complete(SMALL | {name.replace("_", "/"): text for name, text in circle.items()})


def test_a_fragment_without_title_is_an_error() -> None:
    with pytest.raises(StatementFormError, match=r"cypher/fragments/seen\.cypher:1: the first line must be"):
        complete(SMALL | {"fragments/seen": "true\n"})


def test_a_header_declares_what_is_used_with_the_samples_of_params() -> None:
    header = "// Returns\n// needs: affinity/some\n// :param gone => 1\n// :param b => 0\n// :param a => 0\n"
    text = header + "RETURN $a + $b + $c + $new\n"
    params = "".join(f":param {name} => {value};\n" for name, value in zip(("new", "a", "b", "c"), "1234", strict=True))
    completed = complete({"x/y": text, "params": params})["x/y"]
    order = [("b", 3), ("a", 2), ("new", 1), ("c", 4)]
    declared = "".join(f"// :param {name} => {value}\n" for name, value in order)
    assert completed == "// Returns\n// needs: affinity/some\n" + declared + "RETURN $a + $b + $c + $new\n"


def test_the_rows_of_a_file_are_its_own_sample() -> None:
    files = {
        "x/y": "// Returns\n// :param rows => [{a: 1}]\nRETURN $rows\n",
        "params": ":param rows => [{a: 1, b: 2}];\n",
    }
    assert complete(files) == files


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        (":param me => '42';\n", "cypher/feed/all.cypher: no sample of $without: add it to cypher/params.cypher"),
        (SMALL["params"] + ":param old => 1;\n", "cypher/params.cypher: no file uses $old: delete the line"),
        ("// S\n:param me => '42'\n", "cypher/params.cypher:2: not ':param NAME => SAMPLE;'"),
        (
            ":param me => '42';\n:param me => '43';\n",
            "cypher/params.cypher:2: not ':param NAME => SAMPLE;', or a second",
        ),
    ],
)
def test_samples_that_do_not_fit_are_an_error(params: str, problem: str) -> None:
    with pytest.raises(StatementFormError, match="^" + re.escape(problem)):
        complete(SMALL | {"params": params})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the small files, in place of cypher/."""
    for name, text in SMALL.items():
        path = tmp_path / f"{name}.cypher"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(fragments, "FOLDER", tmp_path)
    monkeypatch.setattr(__main__, "FOLDER", tmp_path)
    return tmp_path


def test_check_names_file_fragment_and_remedy_until_write_has_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["--check"]) == 1
    remedy = "edit cypher/fragments/seen.cypher, then run python -m cypher --write"
    assert capsys.readouterr().err == f"cypher/feed/all.cypher:7: fragment 'seen' differs: {remedy}\n"
    assert __main__.main(["--write"]) == 0
    assert capsys.readouterr().out == "wrote cypher/feed/all.cypher\n"
    assert __main__.main(["--check"]) == 0
    assert __main__.main(["--write"]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_names_a_header_that_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    __main__.main(["--write"])
    (folder / "params.cypher").write_text(SMALL["params"].replace("42", "43"), encoding="utf-8")
    capsys.readouterr()
    assert __main__.main(["--check"]) == 1
    assert "cypher/feed/all.cypher:1: the header" in capsys.readouterr().err


def test_an_error_is_told_without_a_traceback(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fragments" / "seen.cypher").unlink()
    assert __main__.main(["--write"]) == 1
    assert capsys.readouterr().err.startswith("cypher/feed/all.cypher:7: fragment 'seen' is unknown")
