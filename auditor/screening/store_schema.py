"""The tables of the store: their columns, types and meaning. The schema that is printed, written and documented."""

from __future__ import annotations

from typing import NamedTuple


class StoreColumn(NamedTuple):
    """One column: name, SQL type, what it holds."""

    name: str
    type: str
    what: str


_FILING = (
    StoreColumn("partition", "VARCHAR", "分区（一次核对的一组单位） / the partition it was audited in"),
    StoreColumn("filing", "VARCHAR", "公开文件的编号 / the filing"),
)
_ENTITY = StoreColumn("entity", "VARCHAR", "单位 / entity")
_YEAR = StoreColumn("year", "INTEGER", "年度 / year")
_KIND = (
    StoreColumn("report", "VARCHAR", "预算或决算 / kind of report"),
    StoreColumn("edition", "VARCHAR", "单位或部门 / edition"),
)
_KEY = (_ENTITY, _YEAR, *_KIND)
_PARTITION = StoreColumn("partition", "VARCHAR", "分区 / partition")

RESULTS: dict[str, tuple[StoreColumn, ...]] = {  # written by every partition as one Parquet file each
    "filings": (
        *_FILING,
        StoreColumn(
            "entity", "VARCHAR", "单位的通用名称（规范后） / name of the entity, made alike, former names resolved"
        ),
        StoreColumn("printed_name", "VARCHAR", "文件上的单位名称 / name as printed"),
        StoreColumn("department", "VARCHAR", "主管部门（名单中有时） / its department, where the list tells"),
        StoreColumn("year", "INTEGER", "年度；0 为未读出 / year; 0 where it was not read"),
        StoreColumn("report", "VARCHAR", "final_accounts 决算，budget 预算 / kind of report"),
        StoreColumn("edition", "VARCHAR", "unit 单位，department 部门 / edition"),
        StoreColumn("family", "VARCHAR", "表样 / family of forms"),
        StoreColumn("money_unit", "VARCHAR", "金额单位 / unit of measure of most tables"),
        StoreColumn("files", "VARCHAR[]", "文件名 / names of its files"),
        StoreColumn("sha256", "VARCHAR[]", "文件的哈希 / hashes of its files"),
        StoreColumn("versions", "VARCHAR[]", "不再核对的旧版本和副本 / older versions and copies that were left out"),
        StoreColumn("report_file", "VARCHAR", "报告；没有写报告时为空 / its report, empty where none was written"),
        StoreColumn("checks", "INTEGER", "核对数 / checks; the next six add up to it"),
        StoreColumn("consistent", "INTEGER", "一致 / hold"),
        StoreColumn("rounding", "INTEGER", "尾差 / hold within rounding"),
        StoreColumn("inconsistent", "INTEGER", "不一致 / contradicted"),
        StoreColumn("not_evaluated", "INTEGER", "未核对 / could not be evaluated"),
        StoreColumn("not_applicable", "INTEGER", "不适用 / do not apply"),
        StoreColumn("broken_rule", "INTEGER", "规则有误 / rules that are wrong themselves"),
        StoreColumn("errors", "INTEGER", "错误 / findings of severity error"),
        StoreColumn("warnings", "INTEGER", "待说明 / of severity warning"),
        StoreColumn("infos", "INTEGER", "提示 / of severity info"),
        StoreColumn(
            "at_stake", "DECIMAL(20,2)", "涉及金额（元），各疑点中最大的 / largest amount at stake of a finding, in 元"
        ),
        StoreColumn("read", "INTEGER", "读出的数字 / figures read"),
        StoreColumn("unread", "INTEGER", "未读出的数字 / figures that were not read"),
        StoreColumn("unsure", "INTEGER", "恢复或识别读出的数字 / figures recovered or recognised from pictures"),
        StoreColumn("checked", "INTEGER", "参与核对的数字 / figures that an equality touches"),
        StoreColumn("missing_tables", "VARCHAR[]", "缺少的表 / tables of its family that it lacks"),
    ),
    "figures": (
        *_FILING,
        *_KEY,
        StoreColumn("address", "VARCHAR", "地址：表[行].栏 / address"),
        StoreColumn("form", "VARCHAR", "标准表 / standard table"),
        StoreColumn("item", "VARCHAR", "行 / row"),
        StoreColumn("heading", "VARCHAR", "栏 / column"),
        StoreColumn("occurrence", "INTEGER", "第几次出现 / which mention"),
        StoreColumn("kind", "VARCHAR", "amount、percent、count / what it measures"),
        StoreColumn("printed", "VARCHAR", "印出的数 / as printed"),
        StoreColumn(
            "value", "BIGINT", "最小单位的整数（金额为分） / in the smallest step: 分, millionths of a percent, ones"
        ),
        StoreColumn("step", "BIGINT", "末位的大小 / worth of its last digit in the smallest step"),
        StoreColumn("unit", "VARCHAR", "单位 / unit as printed"),
        StoreColumn("mark", "VARCHAR", "核对后的标记 / what is known of it: confirmed, rounding, contradicted …"),
        StoreColumn("read_by", "VARCHAR", "读取方式 / printed, recovered, ocr"),
        StoreColumn("file", "VARCHAR", "文件 / file"),
        StoreColumn("page", "INTEGER", "页 / page"),
        StoreColumn("place", "VARCHAR", "出处 / place in words"),
    ),
    "findings": (
        *_FILING,
        *_KEY,
        StoreColumn("id", "VARCHAR", "疑点编号 / id of the finding"),
        StoreColumn("rule", "VARCHAR", "规则 / rule that is shown"),
        StoreColumn("rules", "VARCHAR[]", "同一原因不成立的规则 / every rule that fails for this cause"),
        StoreColumn("title", "VARCHAR", "规则名称 / title of the rule"),
        StoreColumn("kind", "VARCHAR", "logical、explain、hint / kind of the rule"),
        StoreColumn("severity", "VARCHAR", "error、warning、info / severity"),
        StoreColumn("verdict", "VARCHAR", "inconsistent、rounding / verdict"),
        StoreColumn("address", "VARCHAR", "最可能有误的数 / the figure that is accused, or the first compared"),
        StoreColumn("printed", "VARCHAR", "印出的数 / printed"),
        StoreColumn("expected", "VARCHAR", "应有的数 / expected"),
        StoreColumn("difference", "VARCHAR", "差额 / difference"),
        StoreColumn("unit", "VARCHAR", "单位 / their unit"),
        StoreColumn("at_stake", "DECIMAL(20,2)", "涉及金额（元） / amount at stake, in 元"),
        StoreColumn("message", "VARCHAR", "说明 / the finding in a sentence"),
        StoreColumn("place", "VARCHAR", "出处 / place"),
        StoreColumn("file", "VARCHAR", "文件 / file"),
        StoreColumn("recognised", "BOOLEAN", "是否涉及图片识别的数 / rests on figures recognised from pictures"),
        StoreColumn("waived", "BOOLEAN", "已豁免 / accepted by a waiver"),
        StoreColumn("waived_by", "VARCHAR", "豁免人 / by whom"),
        StoreColumn("waived_until", "VARCHAR", "豁免到期日 / until when"),
        StoreColumn("reason", "VARCHAR", "豁免原因 / why"),
    ),
    "checks": (
        *_FILING,
        _ENTITY,
        _YEAR,
        StoreColumn("finding", "VARCHAR", "疑点编号 / the finding it belongs to"),
        StoreColumn("rule", "VARCHAR", "规则 / rule"),
        StoreColumn("instance", "VARCHAR", "规则的哪一处 / which instance of the rule"),
        StoreColumn("verdict", "VARCHAR", "inconsistent、rounding / verdict"),
        StoreColumn("gap", "BIGINT", "左减右，最小单位乘 scale / left minus right in the smallest step times scale"),
        StoreColumn("allowed", "BIGINT", "四舍五入能解释的最大差额 / largest gap that rounding explains"),
        StoreColumn("scale", "BIGINT", "倍数 / scale"),
        StoreColumn("figures", "VARCHAR[]", "涉及的数的地址 / addresses of its figures"),
    ),
    "rules": (
        *_FILING,
        _ENTITY,
        _YEAR,
        StoreColumn("rule", "VARCHAR", "规则 / rule"),
        StoreColumn("consistent", "INTEGER", "一致的核对数 / checks that hold"),
        StoreColumn("failed", "INTEGER", "不一致或尾差的核对数 / checks contradicted or with a tail"),
        StoreColumn("not_evaluated", "INTEGER", "未核对的核对数 / checks that could not be evaluated"),
        StoreColumn("reason", "VARCHAR", "未核对的主要原因 / why, mostly"),
    ),
}

KEPT: dict[str, tuple[StoreColumn, ...]] = {  # what the store alone holds
    "partitions": (
        _PARTITION,
        StoreColumn("mark", "VARCHAR", "文件、规则、选项的指纹 / fingerprint of its files, the rules and options"),
        StoreColumn("run", "INTEGER", "写入的运行 / run that wrote it"),
    ),
    "runs": (
        StoreColumn("run", "INTEGER", "运行编号 / number of the run"),
        StoreColumn("finished", "TIMESTAMP", "完成时间 / when it was finished"),
        StoreColumn("version", "VARCHAR", "程序版本 / version of the program"),
        StoreColumn("rules_sha256", "VARCHAR", "规则的哈希 / hash of the rule book"),
        StoreColumn("files", "INTEGER", "文件数 / files"),
        StoreColumn("filings", "INTEGER", "公开文件数 / filings"),
        StoreColumn("errors", "INTEGER", "错误 / errors"),
        StoreColumn("warnings", "INTEGER", "待说明 / warnings"),
        StoreColumn("failed", "INTEGER", "未能核对的文件 / files that could not be audited"),
    ),
    "seen": (
        StoreColumn("run", "INTEGER", "运行编号 / run that first told it"),
        StoreColumn("gone", "INTEGER", "消失的运行，仍在时为空 / run in which it was gone, empty while it is there"),
        *_KEY,
        StoreColumn("id", "VARCHAR", "疑点编号 / id of the finding"),
        StoreColumn("rule", "VARCHAR", "规则 / rule"),
        StoreColumn("severity", "VARCHAR", "严重程度 / severity"),
        StoreColumn("message", "VARCHAR", "说明 / the finding in a sentence"),
    ),
    "sources": (
        StoreColumn("file", "VARCHAR", "文件（相对路径） / file, below the folder that was screened"),
        StoreColumn("member", "VARCHAR", "压缩包内的文件 / member of an archive"),
        StoreColumn("size", "BIGINT", "大小 / bytes"),
        StoreColumn("sha256", "VARCHAR", "哈希 / hash"),
        StoreColumn("entity", "VARCHAR", "文件上的单位名称 / name of the entity as printed"),
        _YEAR,
        *_KIND,
        _PARTITION,
        StoreColumn("failed", "VARCHAR", "未能读取的原因 / why it could not be read, else empty"),
    ),
    "expected": (
        _ENTITY,
        StoreColumn("department", "VARCHAR", "主管部门 / department"),
        _YEAR,
        *_KIND,
        StoreColumn("published", "BOOLEAN", "是否公开 / whether a filing was found"),
        StoreColumn("missing_tables", "VARCHAR[]", "缺少的表 / tables that it lacks"),
    ),
}

TABLES = RESULTS | KEPT


def ddl(table: str) -> str:
    """The statement that makes a table."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in TABLES[table])
    return f'CREATE TABLE IF NOT EXISTS "{table}" ({columns})'
