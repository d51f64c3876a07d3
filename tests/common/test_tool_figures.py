"""Figures from another tool: who, and one number."""

import pytest
from ekkyo_common.tool_figures import NoFigures, read_figures

JA = '社員番号,氏名,RPA実行回数\n004711,山田 花子,"1,204"\n004712,林 健二,３５\n004713,佐藤,\n004711,山田 花子,3\n'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_file_tells_who_and_one_number(encoding: str) -> None:
    told = read_figures(JA.encode(encoding))
    assert told.figures == {"004711": 1204, "004712": 35}
    assert (told.heading, told.skipped) == ("RPA実行回数", [4, 5])


def test_of_several_numbers_the_column_is_named() -> None:
    text = b"Email;Runs;Hours\na@example.com;3;1.5\nb@example.com;4;2\n"
    with pytest.raises(NoFigures, match="Several columns"):
        read_figures(text)
    assert read_figures(text, "hours").figures == {"a@example.com": 1.5, "b@example.com": 2}
    with pytest.raises(NoFigures, match="No column is called"):
        read_figures(text, "minutes")


def test_a_table_that_says_not_who_is_refused() -> None:
    with pytest.raises(NoFigures):
        read_figures(b"a,b\n1,2\n")
