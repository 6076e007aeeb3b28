"""The tables of the store: their columns, types and meaning. The schema that is printed, written and documented."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column: name, SQL type, what it holds."""

    name: str
    type: str
    what: str


_FILING = (
    Column("partition", "VARCHAR", "分区（一次核对的一组单位） / the partition it was audited in"),
    Column("filing", "VARCHAR", "公开文件的编号 / the filing"),
)
_ENTITY = Column("entity", "VARCHAR", "单位 / entity")
_YEAR = Column("year", "INTEGER", "年度 / year")
_KIND = (
    Column("report", "VARCHAR", "预算或决算 / kind of report"),
    Column("edition", "VARCHAR", "单位或部门 / edition"),
)
_KEY = (_ENTITY, _YEAR, *_KIND)
_PARTITION = Column("partition", "VARCHAR", "分区 / partition")

RESULTS: dict[str, tuple[Column, ...]] = {  # written by every partition as one Parquet file each
    "filings": (
        *_FILING,
        Column("entity", "VARCHAR", "单位的通用名称（规范后） / name of the entity, made alike, former names resolved"),
        Column("printed_name", "VARCHAR", "文件上的单位名称 / name as printed"),
        Column("department", "VARCHAR", "主管部门（名单中有时） / its department, where the list tells"),
        Column("year", "INTEGER", "年度；0 为未读出 / year; 0 where it was not read"),
        Column("report", "VARCHAR", "final_accounts 决算，budget 预算 / kind of report"),
        Column("edition", "VARCHAR", "unit 单位，department 部门 / edition"),
        Column("family", "VARCHAR", "表样 / family of forms"),
        Column("money_unit", "VARCHAR", "金额单位 / unit of measure of most tables"),
        Column("files", "VARCHAR[]", "文件名 / names of its files"),
        Column("sha256", "VARCHAR[]", "文件的哈希 / hashes of its files"),
        Column("versions", "VARCHAR[]", "不再核对的旧版本和副本 / older versions and copies that were left out"),
        Column("report_file", "VARCHAR", "报告；没有写报告时为空 / its report, empty where none was written"),
        Column("checks", "INTEGER", "核对数 / checks; the next six add up to it"),
        Column("consistent", "INTEGER", "一致 / hold"),
        Column("rounding", "INTEGER", "尾差 / hold within rounding"),
        Column("inconsistent", "INTEGER", "不一致 / contradicted"),
        Column("not_evaluated", "INTEGER", "未核对 / could not be evaluated"),
        Column("not_applicable", "INTEGER", "不适用 / do not apply"),
        Column("broken_rule", "INTEGER", "规则有误 / rules that are wrong themselves"),
        Column("errors", "INTEGER", "错误 / findings of severity error"),
        Column("warnings", "INTEGER", "待说明 / of severity warning"),
        Column("infos", "INTEGER", "提示 / of severity info"),
        Column(
            "at_stake", "DECIMAL(20,2)", "涉及金额（元），各疑点中最大的 / largest amount at stake of a finding, in 元"
        ),
        Column("read", "INTEGER", "读出的数字 / figures read"),
        Column("unread", "INTEGER", "未读出的数字 / figures that were not read"),
        Column("unsure", "INTEGER", "恢复或识别读出的数字 / figures recovered or recognised from pictures"),
        Column("checked", "INTEGER", "参与核对的数字 / figures that an equality touches"),
        Column("missing_tables", "VARCHAR[]", "缺少的表 / tables of its family that it lacks"),
    ),
    "figures": (
        *_FILING,
        *_KEY,
        Column("address", "VARCHAR", "地址：表[行].栏 / address"),
        Column("form", "VARCHAR", "标准表 / standard table"),
        Column("item", "VARCHAR", "行 / row"),
        Column("heading", "VARCHAR", "栏 / column"),
        Column("occurrence", "INTEGER", "第几次出现 / which mention"),
        Column("kind", "VARCHAR", "amount、percent、count / what it measures"),
        Column("printed", "VARCHAR", "印出的数 / as printed"),
        Column(
            "value", "BIGINT", "最小单位的整数（金额为分） / in the smallest step: 分, millionths of a percent, ones"
        ),
        Column("step", "BIGINT", "末位的大小 / worth of its last digit in the smallest step"),
        Column("unit", "VARCHAR", "单位 / unit as printed"),
        Column("mark", "VARCHAR", "核对后的标记 / what is known of it: confirmed, rounding, contradicted …"),
        Column("read_by", "VARCHAR", "读取方式 / printed, recovered, ocr"),
        Column("file", "VARCHAR", "文件 / file"),
        Column("page", "INTEGER", "页 / page"),
        Column("place", "VARCHAR", "出处 / place in words"),
    ),
    "findings": (
        *_FILING,
        *_KEY,
        Column("id", "VARCHAR", "疑点编号 / id of the finding"),
        Column("rule", "VARCHAR", "规则 / rule that is shown"),
        Column("rules", "VARCHAR[]", "同一原因不成立的规则 / every rule that fails for this cause"),
        Column("title", "VARCHAR", "规则名称 / title of the rule"),
        Column("kind", "VARCHAR", "logical、explain、hint / kind of the rule"),
        Column("severity", "VARCHAR", "error、warning、info / severity"),
        Column("verdict", "VARCHAR", "inconsistent、rounding / verdict"),
        Column("address", "VARCHAR", "最可能有误的数 / the figure that is accused, or the first compared"),
        Column("printed", "VARCHAR", "印出的数 / printed"),
        Column("expected", "VARCHAR", "应有的数 / expected"),
        Column("difference", "VARCHAR", "差额 / difference"),
        Column("unit", "VARCHAR", "单位 / their unit"),
        Column("at_stake", "DECIMAL(20,2)", "涉及金额（元） / amount at stake, in 元"),
        Column("message", "VARCHAR", "说明 / the finding in a sentence"),
        Column("place", "VARCHAR", "出处 / place"),
        Column("file", "VARCHAR", "文件 / file"),
        Column("recognised", "BOOLEAN", "是否涉及图片识别的数 / rests on figures recognised from pictures"),
        Column("waived", "BOOLEAN", "已豁免 / accepted by a waiver"),
        Column("waived_by", "VARCHAR", "豁免人 / by whom"),
        Column("waived_until", "VARCHAR", "豁免到期日 / until when"),
        Column("reason", "VARCHAR", "豁免原因 / why"),
    ),
    "checks": (
        *_FILING,
        _ENTITY,
        _YEAR,
        Column("finding", "VARCHAR", "疑点编号 / the finding it belongs to"),
        Column("rule", "VARCHAR", "规则 / rule"),
        Column("instance", "VARCHAR", "规则的哪一处 / which instance of the rule"),
        Column("verdict", "VARCHAR", "inconsistent、rounding / verdict"),
        Column("gap", "BIGINT", "左减右，最小单位乘 scale / left minus right in the smallest step times scale"),
        Column("allowed", "BIGINT", "四舍五入能解释的最大差额 / largest gap that rounding explains"),
        Column("scale", "BIGINT", "倍数 / scale"),
        Column("figures", "VARCHAR[]", "涉及的数的地址 / addresses of its figures"),
    ),
    "rules": (
        *_FILING,
        _ENTITY,
        _YEAR,
        Column("rule", "VARCHAR", "规则 / rule"),
        Column("consistent", "INTEGER", "一致的核对数 / checks that hold"),
        Column("failed", "INTEGER", "不一致或尾差的核对数 / checks contradicted or with a tail"),
        Column("not_evaluated", "INTEGER", "未核对的核对数 / checks that could not be evaluated"),
        Column("reason", "VARCHAR", "未核对的主要原因 / why, mostly"),
    ),
}

KEPT: dict[str, tuple[Column, ...]] = {  # what the store alone holds
    "partitions": (
        _PARTITION,
        Column("mark", "VARCHAR", "文件、规则、选项的指纹 / fingerprint of its files, the rules and options"),
        Column("run", "INTEGER", "写入的运行 / run that wrote it"),
    ),
    "runs": (
        Column("run", "INTEGER", "运行编号 / number of the run"),
        Column("finished", "TIMESTAMP", "完成时间 / when it was finished"),
        Column("version", "VARCHAR", "程序版本 / version of the program"),
        Column("rules_sha256", "VARCHAR", "规则的哈希 / hash of the rule book"),
        Column("files", "INTEGER", "文件数 / files"),
        Column("filings", "INTEGER", "公开文件数 / filings"),
        Column("errors", "INTEGER", "错误 / errors"),
        Column("warnings", "INTEGER", "待说明 / warnings"),
        Column("failed", "INTEGER", "未能核对的文件 / files that could not be audited"),
    ),
    "seen": (
        Column("run", "INTEGER", "运行编号 / run that first told it"),
        Column("gone", "INTEGER", "消失的运行，仍在时为空 / run in which it was gone, empty while it is there"),
        *_KEY,
        Column("id", "VARCHAR", "疑点编号 / id of the finding"),
        Column("rule", "VARCHAR", "规则 / rule"),
        Column("severity", "VARCHAR", "严重程度 / severity"),
        Column("message", "VARCHAR", "说明 / the finding in a sentence"),
    ),
    "sources": (
        Column("file", "VARCHAR", "文件（相对路径） / file, below the folder that was screened"),
        Column("member", "VARCHAR", "压缩包内的文件 / member of an archive"),
        Column("size", "BIGINT", "大小 / bytes"),
        Column("sha256", "VARCHAR", "哈希 / hash"),
        Column("entity", "VARCHAR", "文件上的单位名称 / name of the entity as printed"),
        _YEAR,
        *_KIND,
        _PARTITION,
        Column("failed", "VARCHAR", "未能读取的原因 / why it could not be read, else empty"),
    ),
    "expected": (
        _ENTITY,
        Column("department", "VARCHAR", "主管部门 / department"),
        _YEAR,
        *_KIND,
        Column("published", "BOOLEAN", "是否公开 / whether a filing was found"),
        Column("missing_tables", "VARCHAR[]", "缺少的表 / tables that it lacks"),
    ),
}

TABLES = RESULTS | KEPT


def ddl(table: str) -> str:
    """The statement that makes a table."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in TABLES[table])
    return f'CREATE TABLE IF NOT EXISTS "{table}" ({columns})'
