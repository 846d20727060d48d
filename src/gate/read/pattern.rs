//! `[[gate.pattern]]`: a line of some other file says a version.

use crate::gate::read::Page;
use crate::gate::read::reference::{is_unresolved, of_reference, of_subject};
use crate::gate::{Sighting, Source, Spot, Subject, Workload};
use crate::model::{Line, LinePattern};

/// The largest file and the longest line that patterns are held against: their time is the product.
const MAX_BYTES: usize = 4 * 1024 * 1024;
const MAX_LINE: usize = 8 * 1024;

/// Holds a pattern against a file, line by line.
pub(super) fn read(page: &mut Page<'_>, pattern: &LinePattern, bytes: &[u8]) {
    if bytes.len() > MAX_BYTES {
        return page.unreadable(1, "it is larger than 4 MB, the most that a pattern is held against".into());
    }
    for (line, text) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        if text.len() > MAX_LINE {
            let why =
                format!("the line is longer than {MAX_LINE} bytes, the most that a pattern is held against");
            page.unreadable(line, why);
            continue;
        }
        let text = String::from_utf8_lossy(text);
        let Some(found) = pattern.find.line(text.trim_end_matches('\r')) else { continue };
        let seen = sighting(pattern, &found, page.path, page.spot(line));
        page.sheet.sightings.push(seen);
    }
}

fn sighting(pattern: &LinePattern, found: &Line<'_>, path: &str, spot: Spot) -> Sighting {
    let source = Source::Pattern(pattern.name.clone());
    let workload = Workload {
        kind: "line".into(),
        name: path.to_owned(),
        container: found.image.or(found.service).map(str::to_owned),
        ..Workload::default()
    };
    let mut seen = match (found.image, found.service, &pattern.service) {
        (Some(image), _, _) => of_reference(image, source, workload, spot),
        (None, Some(service), _) => of_subject(Subject::Named(names(service)), source, workload, spot),
        (None, None, service) => {
            let name = service.as_ref().map(|name| name.as_str().to_owned());
            of_subject(Subject::Named(name.into_iter().collect()), source, workload, spot)
        }
    };
    let trimmed = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    if let Some(version) = found.version {
        seen.tag = Some(trimmed(version));
    }
    if let Some(digest) = found.digest {
        seen.digest = Some(trimmed(digest).to_ascii_lowercase());
    }
    seen.environment = found.environment.map(str::to_owned);
    seen.unresolved = [&seen.tag, &seen.digest].into_iter().flatten().any(|text| is_unresolved(text));
    seen
}

/// A service as written, and as a variable would be called after it: `CHECKOUT_API` is `checkout-api`.
fn names(service: &str) -> Vec<String> {
    let lower = service.to_ascii_lowercase();
    let dashed = lower.replace('_', "-");
    let mut names = vec![service.to_owned(), lower, dashed];
    names.dedup();
    names
}
