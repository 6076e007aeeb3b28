"""Write the examples of the repository: a clean filing, one with planted errors, and the key to them."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from auditor.model.facts import FilingKey
from auditor.rules.book import load_rules
from auditor.testing.layouts import TextWriter
from auditor.testing.ledger import RandomSource, draw_ledger, roll_up
from auditor.testing.planting import PlantedError, plant
from auditor.testing.printed_ledger import Style, print_tables
from auditor.testing.prose import write_prose

CLEAN = FilingKey("青山县社会保险事业中心", 2023, "final_accounts", "unit")
PLANTED = FilingKey("清河县公共就业服务中心", 2023, "final_accounts", "unit")
CHOICES = (
    ("支出决算表", "2080505", "基本支出", "transposed"),
    ("财政拨款收入支出决算总表", "支出/210", "一般公共预算财政拨款", "digit"),
    ("基本支出明细表", "30113", "", "factor_ten"),
    ("三公经费表", "", "决算数/公务接待费", "transposed"),
)


def write_examples(folder: Path) -> list[PlantedError]:
    """Write the example files into a folder and return the planted errors."""
    forms = load_rules().forms
    style = Style()
    folder.mkdir(parents=True, exist_ok=True)
    amounts = roll_up(draw_ledger(RandomSource(11), most=400_000_000))
    told = write_prose(amounts, CLEAN, RandomSource(12), forms).lines()
    (folder / "青山县社会保险事业中心2023年度单位决算.txt").write_text(
        TextWriter(forms, style, CLEAN).document(print_tables(amounts, style, forms), told), encoding="utf-8"
    )
    amounts = roll_up(draw_ledger(RandomSource(127), most=400_000_000))
    told = write_prose(amounts, PLANTED, RandomSource(128), forms).lines()
    wrong = print_tables(amounts, style, forms)
    planted = [error for choice in CHOICES if (error := plant(wrong, *choice)) is not None]
    name = "清河县公共就业服务中心2023年度单位决算.txt"
    (folder / name).write_text(TextWriter(forms, style, PLANTED).document(wrong, told), encoding="utf-8")
    with (folder / "key.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "table", "row", "column", "printed", "true", "cause"])
        for error in planted:
            writer.writerow([name, error.table, error.row, error.column, error.printed, error.true, error.cause])
    return planted


if __name__ == "__main__":
    write_examples(Path(sys.argv[1]))
