//! What is filled in for the placeholders that stand for lines.

mod after;
mod choice;
mod here;

use super::document::Item;
use super::{Drawn, told};
use crate::playbook::words::Block;

/// The lines of a placeholder; none where there is nothing to say.
pub(super) fn items(drawn: &Drawn<'_>, block: Block) -> Vec<Item> {
    match block {
        Block::Recommendation => choice::recommendation(drawn),
        Block::Situation => here::situation(drawn),
        Block::Targets => choice::targets(drawn),
        Block::Deadlock => choice::deadlock(drawn),
        Block::RollForward => choice::roll_forward(drawn),
        Block::SignOffs => choice::sign_offs(drawn),
        Block::Mitigations => here::mitigations(drawn),
        Block::Automation => here::automation(drawn),
        Block::Barriers => choice::barriers(drawn),
        Block::Run => choice::run(drawn),
        Block::Tell => told::whom(drawn).into_iter().map(Item::Task).collect(),
        Block::Verify => after::verify(drawn),
        Block::FollowUp => after::follow_up(drawn),
        // They stand in phases, and are put there.
        Block::Steps => Vec::new(),
    }
}
