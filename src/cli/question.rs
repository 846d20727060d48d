//! Questions to whoever sits at a terminal. A program that isn't watched is never asked: it would hang.

#![expect(clippy::disallowed_methods, reason = "a door: it asks at the terminal")]

use std::io::{self, BufRead, IsTerminal, Write};

/// How often a question is put before its answer is taken for none.
const TRIES: usize = 3;

/// Has one of some words chosen, of which the beginning is enough. None: nobody is there, or nobody answers.
pub(super) fn choose<T: Copy>(question: &str, choices: &[(&str, T)]) -> Option<T> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    for _ in 0..TRIES {
        let mut stderr = io::stderr().lock();
        write!(stderr, "{question} [{}] ", words.join("/")).and_then(|()| stderr.flush()).ok()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(chosen) = chosen(&line, choices) {
            return Some(chosen);
        }
    }
    None
}

/// The one choice that an answer can mean.
fn chosen<T: Copy>(answer: &str, choices: &[(&str, T)]) -> Option<T> {
    let answer = answer.trim().to_lowercase();
    let mut meant = choices.iter().filter(|(word, _)| !answer.is_empty() && word.starts_with(&answer));
    match (meant.next(), meant.next()) {
        (Some((_, choice)), None) => Some(*choice),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_means_one_choice_or_none() {
        let choices = [("insecure", 1), ("unstable", 2), ("undone", 3)];
        let of = |answer| chosen(answer, &choices);
        assert_eq!((of("i\n"), of(" Insecure "), of("uns")), (Some(1), Some(1), Some(2)));
        assert_eq!((of(""), of("un"), of("x"), of("insecurely")), (None, None, None, None));
    }
}
