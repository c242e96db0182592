/**
 * How a report looks: printed-paper quality in light, dark and on paper, without a single request to anywhere.
 * @module
 */
import { paletteCss } from './palette.ts';

/** Three sizes of type: 28 px for the finding, 16 px for text, 13 px for captions and tables. */
export const reportCss = `${paletteCss}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:768px;padding:56px 24px 96px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
p,ul,ol,h1,h2{max-width:62ch}
h1{font-size:28px;line-height:1.25;font-weight:650;margin:8px 0 16px;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:16px;line-height:1.5;font-weight:650;margin:0 0 8px;text-wrap:balance}
h3{font-size:13px;font-weight:650;margin:24px 0 4px}
p{margin:0 0 12px}
a{color:var(--accent)}
section{border-top:1px solid var(--hairline);margin-top:48px;padding-top:20px}
.kicker,.note,figcaption,table,dl,.problems,nav{font-size:13px;line-height:19px}
.kicker,.note,figcaption,nav{color:var(--secondary)}
.kicker{margin:0}
nav{margin-top:28px}
nav a{margin-right:16px;white-space:nowrap}
ul.findings{padding-left:18px;margin:0 0 12px}
ul.findings li{margin-bottom:4px}
figure{margin:24px 0 32px}
figure svg{display:block;max-width:100%;height:auto}
figcaption{margin-top:10px;max-width:76ch}
figcaption .command{display:block;margin-top:2px}
code{font:13px/19px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:24px 0 8px}
table{border-collapse:collapse;min-width:50%;border-top:1.5px solid var(--ink);border-bottom:1.5px solid var(--ink)}
th,td{padding:5px 0 5px 14px;text-align:right;vertical-align:baseline;font-weight:400;white-space:nowrap}
th:first-child,td:first-child{padding-left:0;text-align:left}
caption{text-align:left;padding-bottom:6px}
table.dense{font-size:12px}table.dense th:not(:first-child),table.dense td{padding-left:8px}
thead th{white-space:normal;color:var(--secondary);border-bottom:1px solid var(--hairline);vertical-align:bottom}
tbody th{text-align:left}
th.words,td.words{text-align:left;white-space:normal;min-width:28ch;max-width:64ch}
td b{font-weight:650}
table.labels td:nth-child(2){text-align:left}table.labels th:nth-child(2){text-align:left}
.quiet{color:var(--secondary)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 20px;margin:12px 0 16px}
dt{color:var(--secondary)}
dd{margin:0;overflow-wrap:anywhere}
details{margin:12px 0}
summary{cursor:pointer;font-size:13px;color:var(--accent)}
summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.problems{padding-left:18px;margin:0 0 12px}
pre{font:13px/19px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0}
ul.checks{list-style:none;padding:0;font-size:13px;line-height:19px}
.good{color:var(--good)}
.bad{color:var(--bad)}
@media (max-width:560px){body{padding:32px 16px 64px}h1{font-size:28px}}
@media print{
:root{color-scheme:light}
@page{size:A4;margin:18mm 16mm}
body{padding:0;max-width:none;background:none}
nav{display:none}
section{margin-top:28px}
figure,tr,h2,h3,dl{break-inside:avoid}
h2,h3{break-after:avoid}
.scroll{overflow:visible}
table{font-size:11px}th,td{padding:4px 0 4px 10px}
details>summary{display:none}
a{color:inherit;text-decoration:none}
p,li{orphans:3;widows:3}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}`;
