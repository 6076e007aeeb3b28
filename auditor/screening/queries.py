"""Queries by name: what is asked of a store most often. Each is one SQL statement with values in order."""

from __future__ import annotations

from typing import NamedTuple

from auditor.screening.ranking import RANKED


class Query(NamedTuple):
    """A query by name: what it tells, the values it needs, its SQL."""

    what: str
    values: tuple[str, ...]
    sql: str


QUERIES = {
    "ranking": Query("公开文件排序 / filings, the worst first", (), RANKED),
    "unit": Query(
        "一个单位历年的公开文件 / the filings of an entity over the years",
        ("单位/entity",),
        "SELECT year, report, edition, errors, warnings, infos, at_stake, checked, unread, missing_tables, report_file "
        "FROM filings WHERE entity = $1 OR printed_name = $1 ORDER BY year, report, edition, filing",
    ),
    "rule": Query(
        "一条规则历年的结果 / what a rule found over the years",
        ("规则/rule",),
        "SELECT year, count(*) AS filings, sum(consistent) AS consistent, sum(failed) AS failed, "
        "count(*) FILTER (failed > 0) AS filings_failing, sum(not_evaluated) AS not_evaluated "
        "FROM rules WHERE rule = $1 GROUP BY year ORDER BY year",
    ),
    "figure": Query(
        "一个数历年的值 / a figure over the years",
        ("单位/entity", "地址/address"),
        "SELECT year, report, edition, printed, unit, mark, file, place FROM figures "
        "WHERE entity = $1 AND address = $2 ORDER BY year, report, edition, file, place",
    ),
    "findings": Query(
        "一个单位的疑点 / the findings of an entity",
        ("单位/entity",),
        "SELECT year, report, edition, severity, rule, message, place, file, id FROM findings "
        "WHERE entity = $1 ORDER BY year, report, edition, severity, rule, id",
    ),
    "rules": Query(
        "规则：在多少份文件中不成立 / rules by the filings they fail in",
        (),
        "SELECT rule, count(*) FILTER (failed > 0) AS failing, count(*) FILTER (failed + consistent > 0) AS evaluated, "
        "sum(failed) AS checks FROM rules GROUP BY rule HAVING failing > 0 ORDER BY failing DESC, rule",
    ),
    "waivers": Query(
        "已豁免的疑点 / findings that were accepted",
        (),
        "SELECT entity, year, report, rule, message, waived_by, waived_until, reason FROM findings WHERE waived "
        "ORDER BY entity, year, rule, id",
    ),
    "missing": Query(
        "名单中未公开或缺表的 / what is due by the list and not published, or lacks tables",
        (),
        "SELECT entity, department, year, report, edition, published, missing_tables FROM expected "
        "WHERE NOT published OR len(missing_tables) > 0 ORDER BY ALL",
    ),
    "failed": Query(
        "未能读取的文件 / files that could not be read",
        (),
        "SELECT file, failed FROM sources WHERE failed <> '' ORDER BY file",
    ),
    "changes": Query(
        "各次运行新增和消失的疑点 / findings new and gone, run by run",
        (),
        "SELECT run, entity, year, report, 'new' AS change, severity, rule, message FROM seen "
        "UNION ALL SELECT gone, entity, year, report, 'gone', severity, rule, message FROM seen WHERE gone IS NOT NULL "
        "ORDER BY ALL",
    ),
    "runs": Query("运行记录 / the runs", (), "SELECT * FROM runs ORDER BY run"),
}
