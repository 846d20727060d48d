//! How a report looks: on a screen, and on A4 or Letter.

/// The style sheet. Sizes on paper are in points; a row isn't torn, a heading doesn't end a page, and the head of a
/// table comes again on the next page.
pub(super) const STYLE: &str = "\
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 76rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .4rem; border-bottom: 2px solid #111; padding-bottom: .2rem; }
p { margin: .6rem 0; max-width: 60rem; }
ul { margin: .6rem 0; padding-left: 1.3rem; max-width: 60rem; }
code, .code { font-family: ui-monospace, monospace; font-size: .88em; }
.lead { font-size: 1.05rem; margin: 0 0 1rem; }
.evidence { color: #444; font-size: .88rem; margin: .2rem 0 .8rem; }
.state { display: inline-block; border: 2px solid #111; padding: .1rem .6rem; font-weight: 700; letter-spacing: .05em; }
.broken { background: #111; color: #fff; }
.table { overflow-x: auto; margin: 1rem 0 1.4rem; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; font-size: .95rem; }
th, td { border: 1px solid #bbb; padding: .28rem .5rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
.wide td, .wide th { min-width: 5.5em; }
.w { white-space: nowrap; }
.b { overflow-wrap: anywhere; }
.wide .code .b { display: inline-block; min-width: 13ch; }
th { background: #eee; overflow-wrap: normal; }
td.n, th.n { text-align: right; min-width: 0; overflow-wrap: normal; }
figure { margin: 1rem 0 1.4rem; }
figcaption { font-weight: 600; font-size: .95rem; padding: .3rem 0; }
svg { width: 100%; max-width: 60rem; height: auto; display: block; }
svg text { font: 11px system-ui, sans-serif; fill: #111; }
details { margin: .3rem 0; font-size: .87rem; }
@page { margin: 14mm 12mm 16mm; }
@media print {
  body { font-size: 9.5pt; line-height: 1.4; max-width: none; margin: 0; padding: 0; }
  h1 { font-size: 16pt; }
  h2 { font-size: 12.5pt; margin-top: 16pt; break-after: avoid; }
  caption, figcaption { font-size: 9.5pt; break-after: avoid; }
  .evidence { font-size: 8.5pt; break-after: avoid; }
  .table { overflow: visible; margin: 6pt 0 10pt; }
  table { font-size: 8pt; }
  .wide { font-size: 7pt; }
  .wide td, .wide th { min-width: 0; padding: 2pt 3pt; }
  thead { display: table-header-group; }
  tr, svg, li { break-inside: avoid; }
  svg { break-after: avoid; max-width: 150mm; }
  .table, details { padding-right: 1px; }
  p { orphans: 3; widows: 3; }
  th { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  svg, .broken { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
";
