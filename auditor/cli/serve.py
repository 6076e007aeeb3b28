"""`auditor serve`: the page for people, in the browser of this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from auditor.cli.common import config_option, fail, prepare, rules_option
from auditor.errors import AuditorError
from auditor.messages import language, say

NEEDED = ("starlette", "uvicorn")


@click.command()
@click.argument("results", required=False, type=click.Path(file_okay=False))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="端口（默认任选空闲的） / port (default: any free)"
)
@click.option("--no-browser", is_flag=True, help="不打开浏览器，只显示网址 / show the address, open no browser")
@click.option(
    "--state",
    type=click.Path(file_okay=False),
    help="保存报告和处理状态的文件夹 / folder for reports and what was decided",
)
@click.option(
    "--share",
    metavar="ADDRESS",
    default="",
    help="在本机的这个地址上只读共享 RESULTS / share RESULTS for reading at this address of the machine",
)
@config_option
@rules_option
def serve(
    results: str | None,
    share: str,
    port: int,
    no_browser: bool,
    state: str | None,
    config: str | None,
    folders: tuple[str, ...],
) -> None:
    """打开本机网页：拖入文件即可核对，报告、处理状态都留在本机。RESULTS 是 auditor screen 的结果文件夹。

    Open a page on this machine alone: drop files in, see what to change. Nothing leaves the machine. Ctrl+C ends it.
    RESULTS, a folder of the results of auditor screen, is shown on it as well.
    """
    if not all(map(find_spec, NEEDED)):
        fail(say("serve.not_installed"))
    if share and not results:
        fail(say("serve.share_what"))
    prepare(config, folders)  # settings or rules that are not right are told here and not with the first drop
    from auditor.serve.desk import Terms
    from auditor.serve.server import Served, state_folder
    from auditor.serve.server import serve as run

    def shown(address: str) -> None:
        click.echo(say("serve.address", address=address))
        if not no_browser and address:
            import webbrowser

            webbrowser.open(address)

    def shared(address: str) -> None:
        click.echo(say("serve.shared", address=address))

    terms = Terms(language(), str(Path(config).resolve()) if config else None, tuple(map(str, map(_whole, folders))))
    try:
        folder = Path(state) if state else state_folder()
        run(Served(folder, port, Path(results) if results else None, share), terms, shown, shared)
    except AuditorError as error:
        fail(error)


def _whole(folder: str) -> Path:
    return Path(folder).resolve()
