"""The command `auditor`. Heavy things are imported when their command runs."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

import click

from auditor import __version__
from auditor.limits import rare_collections
from auditor.messages import LANGUAGES, say, use_language

FAULT = 2
INTERRUPTED = 130
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Lazy(click.Group):
    """A group whose commands are imported when they run."""

    commands_in: ClassVar[dict[str, str]] = {
        "check": "auditor.cli.check:check",
        "serve": "auditor.cli.serve:serve",
        "screen": "auditor.cli.screen:screen",
        "query": "auditor.cli.query:query",
        "read": "auditor.cli.read:read",
        "explain": "auditor.cli.explain:explain",
        "diff": "auditor.cli.diff:diff",
        "rules": "auditor.cli.rules:rules",
        "schema": "auditor.cli.schema:schema",
        "generate": "auditor.cli.generate:generate",
    }
    helps: ClassVar[dict[str, str]] = {
        "check": "核对公开文件并写报告 / audit filings and write reports",
        "serve": "打开本机网页，拖入文件即可核对 / a page on this machine: drop files in",
        "screen": "批量核对：可接续、排序、找出未公开的 / screen thousands of filings, resumable and ranked",
        "query": "查询批量核对的结果 / ask the store of a screening",
        "read": "显示从文件中读到了什么 / show what was read from a file",
        "explain": "说明报告中的一个疑点 / explain one finding of a report",
        "diff": "比较同一单位的两份报告 / compare two reports on one unit",
        "rules": "规则：列表、说明、检查、测试、追踪、覆盖、成书、新建 / rules: list, show, lint, test, trace …",
        "schema": "JSON 报告的格式（JSON Schema） / the JSON Schema of the JSON reports",
        "generate": "生成公开文件，可植入错误 / generate filings, with planted errors if wanted",
    }

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an interruption is no finding either."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order of their use."""
        return list(self.commands_in)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in self.commands_in:
            return None
        from importlib import import_module

        module, name = self.commands_in[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.helps.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve a command; a misspelt one is answered with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.commands_in, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} {near[0]}?", ctx) from None


@click.command(cls=Lazy, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="auditor")
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True, help="语言 / language")
def cli(lang: str) -> None:
    """证明或推翻部门预决算公开中的数字。

    Proves or disproves the figures of Chinese public-sector disclosures.
    """
    use_language(lang)


def main() -> None:
    """Run the command. Exit status: 0 clean, 1 findings, 2 could not audit, 130 interrupted."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        with rare_collections():
            cli.main(prog_name="auditor", standalone_mode=True)
    except Exception:  # noqa: BLE001 — a fault of the program must not look like findings (status 1)
        import traceback

        traceback.print_exc()
        click.echo(say("cli.fault"), err=True)
        raise SystemExit(FAULT) from None


if __name__ == "__main__":
    main()
