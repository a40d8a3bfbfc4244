//! The rule of a count, in sentences.

use super::Text;
use tally::rule_sheet::{Completion, End, Move, Order, Rule, RuleSheet, TransferOrder, Utility};

impl Text {
    /// What the sheet's rule does, a sentence a step.
    #[must_use]
    pub fn rule(&self, sheet: &RuleSheet, currency: &str) -> Vec<String> {
        let own = |sentences: &[&str]| sentences.iter().map(|&sentence| sentence.to_owned()).collect();
        match sheet.rule {
            Rule::Direct => own(&[self.rule_direct()]),
            Rule::Transfer { order, r#move, end } => {
                let (step, left) = (self.transfer_step(order, r#move), self.transfer_end(end));
                own(&[self.rule_transfer(), step, self.rule_transfer_parts(), left])
            }
            Rule::EqualShares { completion, .. } => {
                let mut sentences = vec![self.rule_equal_shares()];
                if let Completion::Add1 | Completion::Add1u = completion {
                    sentences.push(self.rule_equal_shares_raised());
                }
                sentences.push(match completion {
                    Completion::Greedy | Completion::Add1u => self.rule_equal_shares_filled(),
                    Completion::None | Completion::Add1 => self.rule_rest_returns(),
                });
                own(&sentences)
            }
            Rule::Greedy { order, skip, threshold } => {
                let first = match order {
                    Order::Support => self.rule_greedy_support(),
                    Order::Ratio => self.rule_greedy_ratio(),
                };
                let then = if skip { self.rule_greedy_skip() } else { self.rule_greedy_stop() };
                let mut sentences: Vec<String> = own(&[first, then]);
                if threshold.get() > 0 {
                    sentences.push(self.rule_greedy_threshold(&self.as_given(threshold, sheet, currency)));
                }
                sentences
            }
            Rule::Phragmen => own(&[self.rule_phragmen()]),
            Rule::CubeRoot => own(&[self.rule_cube_root()]),
        }
    }

    fn transfer_step(&self, order: TransferOrder, how: Move) -> &'static str {
        match (how, order) {
            (Move::Minimal, _) => self.rule_transfer_minimal(),
            (Move::Eliminate, TransferOrder::Ratio) => self.rule_transfer_drop_ratio(),
            (Move::Eliminate, TransferOrder::Excess) => self.rule_transfer_drop_excess(),
            (Move::Eliminate, TransferOrder::Support) => self.rule_transfer_drop_support(),
        }
    }

    fn transfer_end(&self, end: End) -> &'static str {
        match end {
            End::Keep => self.rule_rest_returns(),
            End::Fill => self.rule_transfer_fill(),
        }
    }

    /// A rule in a few words, with its options where they are not the usual ones.
    #[must_use]
    pub fn rule_name(&self, rule: &Rule) -> String {
        let named = match *rule {
            Rule::Direct => self.choose_direct(),
            Rule::Phragmen => self.choose_phragmen(),
            Rule::CubeRoot => self.choose_cube_root(),
            Rule::Transfer { order: TransferOrder::Ratio, r#move: Move::Eliminate, end: End::Keep } => {
                self.choose_transfer()
            }
            Rule::Transfer { order: TransferOrder::Ratio, r#move: Move::Eliminate, end: End::Fill } => {
                self.choose_transfer_fill()
            }
            Rule::Transfer { order: TransferOrder::Ratio, r#move: Move::Minimal, end: End::Fill } => {
                self.choose_transfer_minimal()
            }
            Rule::EqualShares { utility: Utility::Cardinal, completion: Completion::None, .. } => {
                self.rule_name_equal_shares()
            }
            Rule::EqualShares { utility: Utility::Cardinal, completion: Completion::Add1, .. } => {
                self.rule_name_equal_shares_raised()
            }
            Rule::EqualShares { utility: Utility::Cardinal, completion: Completion::Add1u, .. } => {
                self.choose_equal_shares()
            }
            Rule::Greedy { order: Order::Support, skip: true, .. } => self.choose_greedy(),
            Rule::Greedy { order: Order::Support, skip: false, .. } => self.choose_greedy_stop(),
            Rule::Greedy { order: Order::Ratio, skip: true, .. } => self.choose_greedy_ratio(),
            Rule::Greedy { order: Order::Ratio, skip: false, .. } => self.choose_greedy_ratio_stop(),
            Rule::Transfer { .. } | Rule::EqualShares { .. } => "",
        };
        if !named.is_empty() {
            return named.to_owned();
        }
        let options = rule.options().into_iter().map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}={value}")
        });
        format!("{} ({})", rule.name(), options.collect::<Vec<_>>().join(", "))
    }
}
