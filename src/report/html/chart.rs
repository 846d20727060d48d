//! Exposure over time as bars: an inline drawing that reads in black and white, and a table that says the same.

use crate::audit::SEVERITIES;
use crate::report::audit::{BarText, Chart, bars, duration, hours};

/// The drawing's size, in its own units.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 220;
/// Room for the numbers at the left, the legend above, and the dates below.
const LEFT: i64 = 52;
const TOP: i64 = 26;
const BELOW: i64 = 22;
/// At most so many dates stand below the bars.
const DATES: usize = 9;

/// How each severity is filled, worst first: darker is worse, and each has a pattern of its own.
const FILLS: [&str; SEVERITIES.len()] = ["#111", "#666", "url(#u)", "url(#m)", "#fff"];

/// The patterns for what is neither dark nor white.
const PATTERNS: &str = "<defs><pattern id=\"u\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">\
<rect width=\"5\" height=\"5\" fill=\"#fff\"/><path d=\"M0 5L5 0\" stroke=\"#111\" stroke-width=\"1\"/></pattern>\
<pattern id=\"m\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" fill=\"#fff\"/>\
<circle cx=\"2.5\" cy=\"2.5\" r=\"1\" fill=\"#111\"/></pattern></defs>";

/// Draws it; the caption is HTML already.
pub(super) fn figure(chart: &Chart, caption: &str) -> String {
    format!("<figure>\n<figcaption>{caption}</figcaption>\n{}{}</figure>\n", drawing(chart), in_words(chart))
}

fn drawing(chart: &Chart) -> String {
    let most = chart.calendar.most().max(1);
    let count = i64::try_from(chart.calendar.bars.len().max(1)).unwrap_or(1);
    let (room, floor) = (HEIGHT - TOP - BELOW, HEIGHT - BELOW);
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"bars; the table below says the same\">{PATTERNS}"
    );
    for (quarter, share) in [0, 2, 4].into_iter().map(|quarter| (quarter, room * quarter / 4)) {
        let y = floor - share;
        out.push_str(&format!(
            "<path d=\"M{LEFT} {y}H{WIDTH}\" stroke=\"#bbb\" stroke-width=\"1\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{} h</text>",
            LEFT - 6,
            y + 4,
            hours(most * quarter / 4)
        ));
    }
    let (left, width) = (LEFT + 4, WIDTH - LEFT - 8);
    let place = |bar: i64| left + width * bar / count;
    let every = chart.calendar.bars.len().div_ceil(DATES).max(1);
    for (index, bar) in chart.calendar.bars.iter().enumerate() {
        let at = i64::try_from(index).unwrap_or(0);
        let (x, next) = (place(at), place(at + 1));
        let bar_width = (next - x - 2).clamp(1, 60);
        let mut y = floor;
        for (seconds, fill) in bar.seconds.iter().zip(FILLS) {
            // What is there at all is seen.
            let height = if *seconds > 0 { (room * seconds / most).max(1) } else { continue };
            y -= height;
            out.push_str(&format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{bar_width}\" height=\"{height}\" fill=\"{fill}\" stroke=\"#111\" stroke-width=\".7\"/>"
            ));
        }
        if index.is_multiple_of(every) {
            let date = bar.from.format("%m-%d");
            out.push_str(&format!("<text x=\"{x}\" y=\"{}\">{date}</text>", HEIGHT - 6));
        }
    }
    out.push_str(&legend(chart));
    out.push_str("</svg>\n");
    out
}

/// The severities that there are, each with its fill.
fn legend(chart: &Chart) -> String {
    let mut out = String::new();
    let mut x = LEFT + 4;
    for (place, severity) in SEVERITIES.iter().enumerate() {
        if chart.calendar.bars.iter().all(|bar| bar.seconds[place] == 0) {
            continue;
        }
        let fill = FILLS[place];
        out.push_str(&format!(
            "<rect x=\"{x}\" y=\"4\" width=\"11\" height=\"11\" fill=\"{fill}\" stroke=\"#111\" stroke-width=\".7\"/>\
             <text x=\"{}\" y=\"14\">{severity}</text>",
            x + 16
        ));
        x += 84;
    }
    out
}

/// The same as a table, for who can't see the drawing.
fn in_words(chart: &Chart) -> String {
    let row = |bar: &BarText| {
        let (date, hours) = (&bar.date, hours(bar.seconds));
        format!("<tr><td>{date}</td><td class=\"n\">{hours}</td><td>{}</td></tr>\n", bar.parts)
    };
    let all = bars(chart);
    let sum: i64 = all.iter().map(|bar| bar.seconds).sum();
    let rows: String = all.iter().filter(|bar| bar.seconds > 0).map(row).collect();
    format!(
        "<details open><summary>The same in words: {} in all; what isn't listed is 0</summary>\n\
         <table><thead><tr><th>{} from</th><th class=\"n\">hours</th><th>by severity</th></tr></thead>\n\
         <tbody>\n{rows}</tbody></table></details>\n",
        duration(sum),
        chart.calendar.step.word()
    )
}
