"""Writes a person's data as one page: no scripts, nothing from elsewhere, good on paper too."""

from collections.abc import Sequence
from html import escape

from app.oversight.rules.own_words import Sheet

_STYLE = """
:root { color-scheme: light dark }
body { font: 17px/1.6 system-ui, "Noto Sans SC", "Microsoft YaHei", sans-serif;
  max-width: 70rem; margin: 0 auto; padding: 1rem; color: #1b2430; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin: 2.2rem 0 .3rem }
p { margin: .3rem 0 .7rem } .quiet { color: #4d5866 }
nav ul { columns: 14rem; padding-left: 1.2rem } a { color: #0b57a4 }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .94rem }
th, td { border: 1px solid #c4ccd6; padding: .4rem .6rem; text-align: left; vertical-align: top;
  overflow-wrap: break-word; min-width: 4.5rem }
th { background: #eef2f7; font-weight: 600 }
.facts th { width: 9rem }
@media (max-width: 40rem) {
  table, tbody, tr, td { display: block } thead { display: none }
  tr { border: 1px solid #c4ccd6; border-radius: .5rem; margin: 0 0 .7rem; padding: .3rem .7rem }
  td { border: 0; padding: .15rem 0 } td:empty { display: none }
  td[data-name]::before { content: attr(data-name) "："; color: #4d5866 }
  .facts th { width: auto; display: block; border: 0; background: none; padding: .15rem 0;
    color: #4d5866 }
}
@media (prefers-color-scheme: dark) {
  body { background: #14181e; color: #e8edf3 } .quiet, td[data-name]::before { color: #a9b4c1 }
  th { background: #222a34 } .facts th { background: none; color: #a9b4c1 }
  th, td, tr { border-color: #3d4753 } a { color: #8bc0ff }
}
@media print {
  body { font-size: 10pt; max-width: none; padding: 0; color: #000; background: #fff }
  nav { display: none } tr { break-inside: avoid } thead { display: table-header-group }
  th { background: #eee }
}
"""


def write_page(
    sheets: Sequence[Sheet], *, title: str, preface: Sequence[str], left_out: Sequence[str]
) -> str:
    """Return the HTML; every word in it is escaped."""
    body = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(line)}</p>" for line in preface)]
    body += ["<nav aria-label='目录'><ul>"]
    body += [
        f"<li><a href='#s{number}'>{escape(sheet.title)}</a>（{len(sheet.lines)}）</li>"
        for number, sheet in enumerate(sheets)
    ]
    body += ["</ul></nav>"]
    body += [_section(number, sheet) for number, sheet in enumerate(sheets)]
    body += ["<section><h2>这里没有的</h2><ul>"]
    body += [f"<li>{escape(line)}</li>" for line in left_out]
    body += ["</ul></section>"]
    return (
        "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>"
    )


def _section(number: int, sheet: Sheet) -> str:
    note = f"<p class='quiet'>{escape(sheet.note)}</p>" if sheet.note else ""
    head = f"<section id='s{number}'><h2>{escape(sheet.title)}</h2>{note}"
    if not sheet.lines:
        return f"{head}<p>没有记录。</p></section>"
    if not sheet.columns:
        facts = "".join(
            f"<tr><th scope='row'>{escape(name)}</th><td>{escape(what)}</td></tr>"
            for name, what in sheet.lines
        )
        return f"{head}<table class='facts'><tbody>{facts}</tbody></table></section>"
    names = [escape(name) for name in sheet.columns]
    columns = "".join(f"<th scope='col'>{name}</th>" for name in names)
    lines = "".join(
        "<tr>"
        + "".join(
            f"<td data-name='{name}'>{escape(cell)}</td>"
            for name, cell in zip(names, line, strict=True)
        )
        + "</tr>"
        for line in sheet.lines
    )
    return (
        f"{head}<div class='wide'><table><thead><tr>{columns}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div></section>"
    )
