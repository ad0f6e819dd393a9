/** The report's frame: everything inline, so that one file can be mailed. */
export function reportPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** One digit, with a space that does not break. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)}\u00a0%`;

const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--card:#f6f7f9;--ink:#1b1f24;--soft:#5b6470;--line:#d8dde3;--good:#0a7a3d;--bad:#b3261e;--accent:#1f5fbf}
@media(prefers-color-scheme:dark){:root{--bg:#14171b;--card:#1d2127;--ink:#e8eaed;--soft:#a3adb8;--line:#353c45;--good:#5fd08f;--bad:#ff8f86;--accent:#7fb2ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:36px 0 10px}
p{margin:4px 0 12px;color:var(--soft)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:18px 0;padding:0}
.figure{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 12px}
.figure dt{font-size:13px;color:var(--soft)}.figure dd{margin:0;font-size:22px;font-variant-numeric:tabular-nums}
.figure small{display:block;font-size:12px;color:var(--soft)}
.curve{width:100%;max-width:640px;height:auto;font-size:12px}
.curve text{fill:var(--soft)}.curve .grid{stroke:var(--line)}
.curve polyline{fill:none;stroke:var(--accent);stroke-width:2.5}.curve circle{fill:var(--accent)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:4px 8px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
td.right{color:var(--good);font-weight:600}td.wrong{color:var(--bad)}
.query{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px;margin:0 0 12px}
.query h3{margin:0 0 8px;font-size:14px;font-weight:600;overflow-wrap:anywhere}
.query h3 span{font-weight:400;color:var(--soft)}
.row{display:flex;flex-wrap:wrap;gap:10px}
figure{margin:0;width:112px;font-size:12px}
figure.asked{width:176px}
figcaption{overflow-wrap:anywhere;color:var(--soft);line-height:1.35;margin-top:4px}
.picture{position:relative;display:block;line-height:0}
.picture img{width:100%;height:auto;border-radius:6px;background:#fff}
.picture i{position:absolute;border:2px solid #ff3b30;box-shadow:0 0 0 1px #fff;border-radius:2px}
.picture i.true{border:2px dashed #0a9a4d}
.none{display:grid;place-items:center;width:100%;aspect-ratio:1;border:1px dashed var(--line);border-radius:6px;color:var(--soft);text-align:center;padding:6px}
.hit.right .picture img{outline:3px solid var(--good)}
.hit.right figcaption{color:var(--good);font-weight:600}
ul{padding-left:20px;overflow-wrap:anywhere}
@media(max-width:480px){figure{width:calc((100% - 20px)/3)}figure.asked{width:calc((100% - 10px)/2)}}
`;
