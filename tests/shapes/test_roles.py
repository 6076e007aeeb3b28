"""What header paths and row labels mean, by a vocabulary that is data."""

from __future__ import annotations

from pathlib import Path

import pytest
from auditor.errors import RuleError
from auditor.shapes.roles import Vocabulary, check_roles, load_roles

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_roles([RULES])


def test_every_role_behaves_as_its_examples_say() -> None:
    check_roles([RULES])


def test_the_lowest_text_that_tells_decides(vocabulary: Vocabulary) -> None:
    roles = vocabulary.of_path(("2026年预算", "财政拨款", "一般公共预算拨款"))
    assert (roles.fund, roles.year, roles.of_which) == (frozenset({"一般公共预算"}), 2026, False)
    assert vocabulary.of_path(("本年收入", "财政拨款", "小计")).level == {"小计"}


def test_a_text_that_several_roles_fit_has_them_all_as_candidates(vocabulary: Vocabulary) -> None:
    assert vocabulary.of_path(("一般公共预算财政拨款",)).fund == {"一般公共预算", "财政拨款"}


def test_a_label_that_is_not_known_stays_its_own_name(vocabulary: Vocabulary) -> None:
    roles = vocabulary.of_path(("其中：摊位租金",))
    assert (roles.of_which, roles.rest, roles.fund) == (True, ("其中：摊位租金",), frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "资金:\n  - role: 甲\n    says: 甲\n    found: 乙\n    not_found: 丙\n",
        "资金:\n  - role: 甲\n    says: 甲\n    found: 甲\n    not_found: 甲\n",
        "资金:\n  - role: 甲\n    says: '['\n    found: 甲\n    not_found: 乙\n",
        "资金:\n  - role: 甲\n    says: 甲\n    found: 甲\n",
        "别的:\n  - role: 甲\n    says: 甲\n    found: 甲\n    not_found: 乙\n",
    ],
)
def test_a_wrong_vocabulary_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError):
        check_roles([tmp_path])
