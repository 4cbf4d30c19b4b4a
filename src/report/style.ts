import { Markup } from './html.ts'

/**
 * How reports look: one column to read, figures in columns, light and dark, and on paper. Colours of classes are told apart also by
 * those who see no red or green: warm ones may have run something, cool ones copied or looked.
 */
export const STYLE = new Markup(`
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #1b1c1f; --soft: #5c6068; --faint: #8b9099; --line: #e5e2dc; --hair: #efede8;
  --land: #e6e4de; --sea: transparent; --coast: #fbfaf8; --link: #1f5fae;
  --person: #c2410c; --ci: #e69f00; --unknown: #9aa0a8; --mirror: #2b6cb0; --scanner: #8ebfe6;
  --heat-1: #fde3c8; --heat-2: #fdbe85; --heat-3: #f58a42; --heat-4: #d5560f; --heat-5: #8f2d04; --copied: #c3d9ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131417; --card: #1a1c20; --ink: #eceae6; --soft: #a9adb5; --faint: #7d828b; --line: #2c2f35; --hair: #23262b;
    --land: #2b2e34; --coast: #131417; --link: #7fb4f0;
    --person: #ff7a3d; --ci: #f2b632; --unknown: #888e97; --mirror: #5b9be0; --scanner: #3d6690;
    --heat-1: #5e3317; --heat-2: #7d4116; --heat-3: #b95a18; --heat-4: #ee8334; --heat-5: #ffc48f; --copied: #274257;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: lining-nums; text-rendering: optimizeLegibility;
}
main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 3.5rem; }
a { color: var(--link); }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; letter-spacing: -.012em; }
h1 { font-size: clamp(1.7rem, 1.2rem + 2.2vw, 2.5rem); font-weight: 680; margin: .35rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; font-weight: 660; margin: 0 0 .35rem; }
h3 { font-size: 1rem; font-weight: 640; margin: 1.4rem 0 .3rem; }
p { margin: 0 0 .8rem; max-width: 44rem; }
section { margin-top: 3.25rem; padding-top: 1.6rem; border-top: 1px solid var(--line); }
.eyebrow { margin: 0; font-size: .78rem; font-weight: 640; letter-spacing: .09em; text-transform: uppercase; color: var(--faint); }
.lead, .note { color: var(--soft); }
.note { font-size: .875rem; margin-top: .7rem; }
code, .mono { font: .875em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { margin: .5rem 0 1rem; padding: .8rem 1rem; background: var(--hair); border-radius: 6px; overflow-x: auto; }
pre code { overflow-wrap: normal; white-space: pre; }
.hero { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 2rem 3rem; align-items: start; margin-top: 2rem; }
.answer { margin: 0; }
.answer b { display: block; font-size: clamp(2.9rem, 2rem + 4.5vw, 4.75rem); font-weight: 700; line-height: 1; letter-spacing: -.035em; font-variant-numeric: tabular-nums lining-nums; color: var(--person); white-space: nowrap; }
.answer b i { font-style: normal; font-weight: 400; color: var(--faint); padding: 0 .09em; }
.answer span { display: block; margin-top: .6rem; font-size: 1.02rem; color: var(--soft); max-width: 24rem; }
.facts { display: grid; grid-template-columns: auto 1fr; gap: .42rem 1.2rem; margin: .35rem 0 0; font-size: .94rem; }
.facts dt { color: var(--faint); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.means { list-style: none; margin: 1.9rem 0 0; padding: 1.05rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; font-size: .92rem; color: var(--soft); }
.means li + li { margin-top: .5rem; }
.means strong { color: var(--ink); font-weight: 620; }
.bar { display: flex; height: 1.35rem; gap: 2px; margin: 1.1rem 0 1.2rem; border-radius: 4px; overflow: hidden; }
.bar span { min-width: 3px; }
thead td { border-bottom-color: var(--line); } .room { width: 45%; }
.strip { display: flex; gap: 1px; height: .72rem; margin-top: .36rem; } .strip span { min-width: 0; } .strip [class] { border-radius: 1.5px; }
.key { display: inline-block; width: .72em; height: .72em; margin-right: .55em; border-radius: 2px; vertical-align: baseline; }
.of-person { background: var(--person); } .of-ci { background: var(--ci); } .of-unknown { background: var(--unknown); }
.of-mirror { background: var(--mirror); } .of-scanner { background: var(--scanner); }
.scroll { overflow-x: auto; margin: .4rem 0 0; }
.scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 4px; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .5rem .9rem .5rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--hair); overflow-wrap: break-word; }
th { font-size: .76rem; font-weight: 600; letter-spacing: .03em; color: var(--faint); border-bottom-color: var(--line); white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0; }
.figure { text-align: right; font-variant-numeric: tabular-nums lining-nums; white-space: nowrap; }
td.figure { width: 1%; padding-left: 1rem; } th.figure { padding-left: 1rem; }
tbody tr:last-child td { border-bottom: 0; }
.dim { color: var(--faint); }
.sub { display: block; font-size: .82rem; color: var(--soft); }
.beside { padding-left: 1.12rem; }
.when { white-space: nowrap; }
figure { margin: 1.2rem 0 0; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
figcaption { margin-top: .7rem; font-size: .85rem; color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; margin: .9rem 0 0; padding: 0; list-style: none; font-size: .85rem; color: var(--soft); }
.axis { fill: var(--faint); font-size: 11.5px; font-variant-numeric: tabular-nums; } .rule { stroke: var(--line); stroke-width: 1; }
.f-person { fill: var(--person); } .f-ci { fill: var(--ci); } .f-unknown { fill: var(--unknown); } .f-mirror { fill: var(--mirror); } .f-scanner { fill: var(--scanner); }
.land { fill: var(--land); stroke: var(--coast); stroke-width: .5; }
.heat-1 { fill: var(--heat-1); background: var(--heat-1); } .heat-2 { fill: var(--heat-2); background: var(--heat-2); } .heat-3 { fill: var(--heat-3); background: var(--heat-3); }
.heat-4 { fill: var(--heat-4); background: var(--heat-4); } .heat-5 { fill: var(--heat-5); background: var(--heat-5); } .copied { fill: var(--copied); background: var(--copied); }
circle { stroke: var(--ink); stroke-width: .6; stroke-opacity: .45; }
.steps { margin: .9rem 0 0; padding: 0; list-style: none; counter-reset: step; max-width: 48rem; }
.steps > li { counter-increment: step; position: relative; padding: 0 0 1.15rem 2.9rem; }
.steps > li::before { content: counter(step); position: absolute; left: 0; top: .05rem; width: 1.75rem; height: 1.75rem; border-radius: 50%; border: 1px solid var(--line); background: var(--card); text-align: center; line-height: 1.7rem; font-size: .85rem; font-weight: 600; color: var(--soft); }
.steps strong { display: block; font-weight: 620; }
.steps p { margin: .1rem 0 0; color: var(--soft); }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 3.5rem; padding-top: 1.4rem; padding-bottom: 3rem; font-size: .82rem; color: var(--faint); }
footer p { max-width: 52rem; }
footer::before { content: ""; display: block; border-top: 1px solid var(--line); margin-bottom: 1.4rem; }
@media (max-width: 44rem) {
  main { padding-top: 2rem; } main, footer { padding-left: 1.1rem; padding-right: 1.1rem; }
  .hero { grid-template-columns: minmax(0, 1fr); gap: 1.5rem; margin-top: 1.4rem; }
  section { margin-top: 2.4rem; padding-top: 1.25rem; }
  .axis { font-size: 22px; }
  table { font-size: .86rem; } th, td { padding-right: .7rem; } td.figure, th.figure { padding-left: .5rem; }
  .scroll.wide table { min-width: 44rem; } .room { display: none; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #333; --faint: #555; --line: #bbb; --hair: #ddd; --land: #e8e8e8; --coast: #fff;
    --person: #c2410c; --ci: #e69f00; --unknown: #9aa0a8; --mirror: #2b6cb0; --scanner: #8ebfe6;
    --heat-1: #fde3c8; --heat-2: #fdbe85; --heat-3: #f58a42; --heat-4: #d5560f; --heat-5: #8f2d04; --copied: #c3d9ee; }
  body { font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main, footer { max-width: none; padding: 0; } main { padding-top: 0; }
  section { margin-top: 1.6rem; padding-top: 1rem; } h2, figure, tr, .steps > li, .means { break-inside: avoid; } h2 { break-after: avoid; }
  .scroll { overflow: visible; }
}
`)
