//! What becomes of the money after a result, as a town tells it step by step: where a project stands, and how far the euros
//! of one ballot, or of all, have come.
//!
//! Nothing here is guessed: a step that was not told has not happened. A step told again replaces what was told of it, and
//! one told with no money is taken back, so that a mistake can be corrected by adding to the record.

use crate::money::Minor;

/// One step, in order; the last is the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The town has decided to give the money.
    Awarded,
    /// Town and holder have signed what it is for.
    Agreed,
    /// It is paid.
    Paid,
    /// What it was for is there.
    Delivered,
    /// The project does not go ahead after all.
    Dropped,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Step; 5] = [Step::Awarded, Step::Agreed, Step::Paid, Step::Delivered, Step::Dropped];

    /// The name in tables, forms and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Step::Awarded => "awarded",
            Step::Agreed => "agreed",
            Step::Paid => "paid",
            Step::Delivered => "delivered",
            Step::Dropped => "dropped",
        }
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.as_str() == name)
    }

    const fn place(self) -> usize {
        match self {
            Step::Awarded => 0,
            Step::Agreed => 1,
            Step::Paid => 2,
            Step::Delivered => 3,
            Step::Dropped => 4,
        }
    }
}

/// Where a project stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    step: Step,
    amounts: [Option<Minor>; 5],
}

impl Stand {
    /// By what was told, in the order in which it was; nothing while nothing stands.
    pub fn of(told: impl IntoIterator<Item = (Step, Minor)>) -> Option<Stand> {
        let mut amounts = [None; 5];
        for (step, amount) in told {
            let happened = step == Step::Dropped || amount > Minor::ZERO;
            amounts[step.place()] = happened.then_some(amount);
            if step != Step::Dropped {
                // Whoever goes on has not dropped it.
                amounts[Step::Dropped.place()] = None;
            }
        }
        let step = Step::ALL.into_iter().rev().find(|step| amounts[step.place()].is_some())?;
        Some(Stand { step, amounts })
    }

    /// How far it has come.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// The sum of a step in all; none where it has not happened.
    pub const fn amount(&self, step: Step) -> Option<Minor> {
        self.amounts[step.place()]
    }

    /// Whether money has been paid for something that goes ahead.
    fn is_paid(&self) -> bool {
        self.step != Step::Dropped && self.amount(Step::Paid).is_some()
    }
}

/// How far the euros of a ballot have come: each sum is a part of the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Given to projects.
    pub given: Minor,
    /// Of that, given to projects that the count funded and that were not dropped since.
    pub funded: Minor,
    /// Of that, given to projects that have been paid something.
    pub paid: Minor,
    /// Of that, given to projects that are delivered.
    pub delivered: Minor,
}

impl Way {
    /// Of lines: what was given, what the project received, and where it stands. Says of each project what is true of it
    /// as a whole, since no count follows the money of one ballot.
    pub fn of(lines: impl IntoIterator<Item = (Minor, Minor, Option<Stand>)>) -> Way {
        lines.into_iter().fold(Way::default(), |way, (given, received, stand)| {
            let part = |is_so: bool| if is_so { given } else { Minor::ZERO };
            let is_funded = received > Minor::ZERO && stand.is_none_or(|stand| stand.step != Step::Dropped);
            let is_delivered = is_funded && stand.is_some_and(|stand| stand.step == Step::Delivered);
            let is_paid = is_funded && (is_delivered || stand.is_some_and(|stand| stand.is_paid()));
            Way {
                given: way.given + given,
                funded: way.funded + part(is_funded),
                paid: way.paid + part(is_paid),
                delivered: way.delivered + part(is_delivered),
            }
        })
    }
}

/// What all projects of a cycle have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many projects something was told about.
    pub told: u64,
    /// How many of them are agreed on, or further.
    pub agreed: u64,
    /// What was paid, in all.
    pub paid: Minor,
    /// How many projects have been paid something.
    pub paid_projects: u64,
    /// How many are delivered.
    pub delivered: u64,
    /// How many were dropped.
    pub dropped: u64,
}

impl Sums {
    /// Of where projects stand.
    pub fn of(stands: impl IntoIterator<Item = Stand>) -> Sums {
        stands.into_iter().fold(Sums::default(), |sums, stand| {
            let one = u64::from;
            let goes_on = stand.step != Step::Dropped;
            Sums {
                told: sums.told + 1,
                agreed: sums.agreed + one(goes_on && stand.step >= Step::Agreed),
                paid: sums.paid + stand.amount(Step::Paid).unwrap_or(Minor::ZERO),
                paid_projects: sums.paid_projects + one(stand.amount(Step::Paid).is_some()),
                delivered: sums.delivered + one(stand.step == Step::Delivered),
                dropped: sums.dropped + one(!goes_on),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Stand, Step, Sums, Way};
    use crate::money::Minor;

    fn stand(told: &[(Step, i64)]) -> Option<Stand> {
        Stand::of(told.iter().map(|&(step, amount)| (step, Minor::new(amount))))
    }

    #[test]
    fn the_last_word_on_a_step_stands_and_nought_takes_it_back() {
        assert_eq!(stand(&[]), None);
        let paid_twice = stand(&[(Step::Agreed, 900), (Step::Paid, 400), (Step::Paid, 900)]).unwrap();
        assert_eq!((paid_twice.step(), paid_twice.amount(Step::Paid)), (Step::Paid, Some(Minor::new(900))));
        let taken_back = stand(&[(Step::Agreed, 900), (Step::Paid, 400), (Step::Paid, 0)]).unwrap();
        assert_eq!((taken_back.step(), taken_back.amount(Step::Paid)), (Step::Agreed, None));
        assert_eq!(stand(&[(Step::Awarded, 5), (Step::Awarded, 0)]), None);
        // An earlier step corrected late does not lead back.
        assert_eq!(stand(&[(Step::Delivered, 9), (Step::Agreed, 8)]).unwrap().step(), Step::Delivered);
    }

    #[test]
    fn a_project_is_dropped_until_something_else_is_told() {
        let dropped = stand(&[(Step::Paid, 400), (Step::Dropped, 0)]).unwrap();
        assert_eq!((dropped.step(), dropped.amount(Step::Paid)), (Step::Dropped, Some(Minor::new(400))));
        let revived = stand(&[(Step::Dropped, 0), (Step::Agreed, 900)]).unwrap();
        assert_eq!((revived.step(), revived.amount(Step::Dropped)), (Step::Agreed, None));
    }

    #[test]
    fn the_euros_of_a_ballot_come_as_far_as_their_projects() {
        let line = |given: i64, received: i64, told: &[(Step, i64)]| {
            (Minor::new(given), Minor::new(received), stand(told))
        };
        let way = Way::of([
            line(500, 9000, &[(Step::Delivered, 9000)]),
            line(300, 9000, &[(Step::Agreed, 9000), (Step::Paid, 1)]),
            line(200, 9000, &[(Step::Agreed, 9000)]),
            line(400, 9000, &[(Step::Paid, 9000), (Step::Dropped, 9000)]),
            line(100, 9000, &[]),
            line(700, 0, &[]),
        ]);
        let [given, funded, paid, delivered] = [2200, 1100, 800, 500].map(Minor::new);
        assert_eq!(way, Way { given, funded, paid, delivered });
    }

    #[test]
    fn a_cycle_adds_up_what_its_projects_have_come_to() {
        let stands = [
            stand(&[(Step::Paid, 700), (Step::Delivered, 700)]),
            stand(&[(Step::Agreed, 300)]),
            stand(&[(Step::Paid, 50), (Step::Dropped, 250)]),
        ];
        let sums = Sums::of(stands.into_iter().flatten());
        let expected =
            Sums { told: 3, agreed: 2, paid: Minor::new(750), paid_projects: 2, delivered: 1, dropped: 1 };
        assert_eq!(sums, expected);
    }
}
