import pytest, json, time
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_lab import write_notebook
from driver import *
def test_click(course, browser, tmp_path):
    with jupyterlab(course, tmp_path) as (a, tok):
        tab = Tab(browser, a, tok)
        tab.page.on("console", lambda m: print("   console", m.type, m.text[:200]) if m.type in ("error","warning") else None)
        for i, kind in enumerate(["", "heading=", "", ""]):
            t = write_notebook(course, f"target{i}.ipynb", new_code_cell("1\n" * 200), new_markdown_cell("## What does `fit` do (really)?"), new_code_cell("1\n" * 200))
            links = write_notebook(course, f"link{i}.ipynb", new_markdown_cell(f"[there]({t}#{kind}What-does-fit-do-(really)?)"))
            tab.go(f"/lab/tree/{links}")
            tab.page.wait_for_timeout(3000)
            for attempt in range(2):
                if i == 3:   # open target beforehand, without fragment
                    tab.page.evaluate("p => jupyterapp.commands.execute('docmanager:open', {path: p})", t); tab.page.wait_for_timeout(4000)
                    tab.page.evaluate("p => jupyterapp.commands.execute('docmanager:open', {path: p})", links); tab.page.wait_for_timeout(1000)
                tab.page.get_by_role("link", name="there").first.click()
                out=[]
                for _ in range(16):
                    tab.page.wait_for_timeout(250)
                    out.append(tab.page.evaluate("() => { const w=jupyterapp.shell.currentWidget; const n=w.node.querySelector('.jp-MarkdownCell h2[data-jupyter-id^=What-does-fit]'); return [w.context && w.context.path, n && Math.round(n.getBoundingClientRect().top), w.sessionContext.session?.kernel?.status] }"))
                print(i, kind, attempt, [o for k,o in enumerate(out) if k==0 or o!=out[k-1]])
                tab.page.evaluate("p => jupyterapp.commands.execute('docmanager:open', {path: p})", links)
                tab.page.wait_for_timeout(1000)
            tab.page.evaluate("() => jupyterapp.commands.execute('application:close-all')")
        tab.close()
