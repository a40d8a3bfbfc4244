//! The picture of where the money went: lanes from the envelopes, at one side, to what projects receive, at the other.
//!
//! A lane is as high as the money it holds. Under its name it runs through the rounds; what a project passes on leaves it
//! as a band and joins the lane of another. The geometry is in integers, so that what leaves a lane, what joins others and
//! what stays add up to the pixel: hundredths of a percent across, which stretch with the page, and tenths of a pixel
//! down, which do not. Names keep their size, so they stand outside the stretched part.

use crate::text::Language;
use leptos::prelude::*;
use std::fmt::Write;
use tally::flow::{Flow, Lane, Step, Sum};

/// The width of the drawing.
const WIDTH: i64 = 10_000;
/// Where the lanes begin, right of the envelopes and of the bands that fan out from them.
const LANES: i64 = 1_000;
/// The width of the bar of the envelopes.
const SOURCE: i64 = 160;
/// The height of the numbers of rounds, above all.
const HEAD: i64 = 260;
/// The height of a lane's name.
const NAME: i64 = 270;
/// The room under a lane.
const GAP: i64 = 130;
/// How many numbers of rounds find room beside each other.
const MOST_MARKS: usize = 16;

/// Thinner bands would only be a haze.
const THIN: i64 = 3;

/// What a piece of the drawing stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Given to a project that is not decided about yet.
    Open,
    /// Awarded to a project.
    Paid,
    /// On no project.
    Rest,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Open, Self::Paid, Self::Rest];

    fn class(self) -> &'static str {
        match self {
            Self::Open => "flow__open",
            Self::Paid => "flow__paid",
            Self::Rest => "flow__rest",
        }
    }
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    kind: Kind,
    across: (i64, i64),
    down: (i64, i64),
}

/// A curved band, by the middles of its two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Band {
    kind: Kind,
    from: (i64, i64),
    to: (i64, i64),
    thick: i64,
}

/// Where everything is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    height: i64,
    bands: Vec<Band>,
    blocks: Vec<Block>,
    /// The upper edges of the lanes, under their names.
    tops: Vec<i64>,
    /// Where the numbers of rounds stand, and which.
    marks: Vec<(i64, (usize, usize))>,
}

/// How a flow is laid on the paper.
struct Paper<'f> {
    flow: &'f Flow,
    /// The height of the whole purse.
    purse: i64,
    tops: Vec<i64>,
    height: i64,
    /// The distance between stages.
    step: i64,
}

impl Drawing {
    /// The drawing of a flow.
    #[must_use]
    pub fn of(flow: &Flow) -> Self {
        let paper = Paper::of(flow);
        let mut bands = paper.fan();
        bands.extend((1..flow.stages.len()).flat_map(|stage| paper.steps_to(stage)));
        let mut blocks = vec![paper.source()];
        blocks.extend((0..flow.lanes.len()).flat_map(|lane| paper.lane(lane)));
        let marks = flow.stages.iter().enumerate().filter_map(|(at, stage)| {
            let (from, to) = paper.plateau(at);
            let middle =
                if at + 1 == flow.stages.len() { from + paper.step / 6 } else { i64::midpoint(from, to) };
            Some((middle, stage.rounds?))
        });
        let marks: Vec<_> = marks.collect();
        let every = marks.len().div_ceil(MOST_MARKS).max(1);
        let marks = marks.into_iter().step_by(every).collect();
        Self { height: paper.height, bands, blocks, marks, tops: paper.tops }
    }

    /// How many rounds stand beside each other: with many, the drawing wants more width than a phone has.
    fn is_wide(&self) -> bool {
        self.marks.len() > 5
    }
}

impl<'f> Paper<'f> {
    fn of(flow: &'f Flow) -> Self {
        let lanes = i64::try_from(flow.lanes.len()).unwrap_or(0);
        let stages = i64::try_from(flow.stages.len()).unwrap_or(1).max(1);
        // Every lane shall be seen, and no picture be higher than it must.
        let purse = (2_000 + 100 * lanes).min(4_000);
        let mut paper = Self { flow, purse, tops: Vec::new(), height: HEAD, step: (WIDTH - LANES) / stages };
        for lane in 0..flow.lanes.len() {
            paper.tops.push(paper.height + NAME);
            let peak = flow.stages.iter().map(|stage| paper.high(stage.sums[lane].total().get())).max();
            paper.height += NAME + peak.unwrap_or(0).max(10) + GAP;
        }
        paper.height = paper.height.max(HEAD + purse);
        paper
    }

    /// How high a sum is.
    fn high(&self, minor: i64) -> i64 {
        let purse = i128::from(self.flow.purse_minor.get().max(1));
        i64::try_from(i128::from(minor) * i128::from(self.purse) / purse).unwrap_or(0)
    }

    /// From where to where a stage is drawn; the last one reaches the edge.
    fn plateau(&self, stage: usize) -> (i64, i64) {
        let from = LANES + self.step * i64::try_from(stage).unwrap_or(0);
        (from, if stage + 1 == self.flow.stages.len() { WIDTH } else { from + self.step * 3 / 10 })
    }

    fn kind_of(&self, lane: usize) -> Kind {
        if self.flow.lanes[lane] == Lane::Rest { Kind::Rest } else { Kind::Open }
    }

    /// The upper edge of the envelopes: at the rest, where projects are paid out of it, else in the middle.
    fn source_top(&self) -> i64 {
        match self.flow.lanes.first() {
            Some(Lane::Rest) => self.tops[0],
            _ => HEAD + (self.height - HEAD - self.purse) / 2,
        }
    }

    fn source(&self) -> Block {
        let top = self.source_top();
        let kind = if self.flow.lanes.first() == Some(&Lane::Rest) { Kind::Rest } else { Kind::Open };
        Block { kind, across: (0, SOURCE), down: (top, top + self.purse) }
    }

    /// From the envelopes to the lanes.
    fn fan(&self) -> Vec<Band> {
        let Some(first) = self.flow.stages.first() else { return Vec::new() };
        let mut before = 0;
        let band = |(lane, sum): (usize, i64)| {
            let (from, to) = (self.high(before), self.high(before + sum));
            before += sum;
            let start = self.source_top() + i64::midpoint(from, to);
            let end = self.tops[lane] + self.high(sum) / 2;
            Band { kind: self.kind_of(lane), from: (SOURCE, start), to: (LANES, end), thick: to - from }
        };
        let sums = first.sums.iter().map(|sum| sum.total().get()).enumerate();
        sums.map(band).filter(|band| band.thick > 0).collect()
    }

    /// What changes lanes on the way to a stage. Bands leave and join below what stays.
    fn steps_to(&self, stage: usize) -> Vec<Band> {
        let [before, after] = [&self.flow.stages[stage - 1], &self.flow.stages[stage]];
        let (start, end) = (self.plateau(stage - 1).1, self.plateau(stage).0);
        let total = |sums: &[Sum]| sums.iter().map(|sum| sum.total().get()).collect::<Vec<_>>();
        let (held, holds) = (total(&before.sums), total(&after.sums));
        let stays: Vec<i64> = held.iter().zip(&holds).map(|(a, b)| *a.min(b)).collect();
        let (mut left, mut joined) = (stays.clone(), stays);
        let slot = |upto: &mut i64, minor: i64| {
            let (from, to) = (self.high(*upto), self.high(*upto + minor));
            *upto += minor;
            (from, to)
        };
        let band = |step: &Step| {
            let minor = step.minor.get();
            let (from, leaves) = slot(&mut left[step.from], minor);
            let (to, joins) = slot(&mut joined[step.to], minor);
            let kind = match (self.kind_of(step.from), self.kind_of(step.to)) {
                (Kind::Rest, _) => Kind::Paid,
                (_, to) => to,
            };
            Band {
                kind,
                from: (start, self.tops[step.from] + i64::midpoint(from, leaves)),
                to: (end, self.tops[step.to] + i64::midpoint(to, joins)),
                thick: (leaves - from).max(joins - to),
            }
        };
        after.moves.iter().map(band).filter(|band| band.thick > 0).collect()
    }

    /// What a lane holds, stage by stage and, between two, what stays in it.
    fn lane(&self, lane: usize) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let open = self.kind_of(lane);
        let stages = &self.flow.stages;
        for (at, stage) in stages.iter().enumerate() {
            let (sum, (from, to)) = (stage.sums[lane], self.plateau(at));
            let (paid, all) = (sum.paid_minor.get(), sum.total().get());
            self.hold(&mut blocks, lane, (from, to), (open, paid, all));
            if let Some(next) = stages.get(at + 1) {
                let stays = all.min(next.sums[lane].total().get());
                self.hold(&mut blocks, lane, (to, self.plateau(at + 1).0), (open, paid.min(stays), stays));
            }
        }
        blocks
    }

    /// Adds a piece of a lane, of which `paid` is awarded; what only goes on is made longer.
    fn hold(
        &self,
        blocks: &mut Vec<Block>,
        lane: usize,
        across: (i64, i64),
        (open, paid, all): (Kind, i64, i64),
    ) {
        let (top, middle, bottom) =
            (self.tops[lane], self.tops[lane] + self.high(paid), self.tops[lane] + self.high(all));
        for (kind, down) in [(Kind::Paid, (top, middle)), (open, (middle, bottom))] {
            if down.0 == down.1 {
                continue;
            }
            let goes_on = blocks
                .iter_mut()
                .find(|block| block.kind == kind && block.down == down && block.across.1 == across.0);
            match goes_on {
                Some(block) => block.across.1 = across.1,
                None => blocks.push(Block { kind, across, down }),
            }
        }
    }
}

/// What is written at a lane.
pub struct Name {
    /// Whose it is.
    pub title: String,
    /// What became of it, at the other side.
    pub end: String,
}

/// The picture. `title` says what it is, `about` what it shows, `purse` how much there was to spread; `names` are those of
/// the lanes, in their order.
pub fn flow(
    language: Language,
    drawing: &Drawing,
    (title, about, purse): (&str, &str, &str),
    names: Vec<Name>,
) -> impl IntoView + use<> {
    let mirrored = (language.dir() == "rtl").then(|| format!("matrix(-1 0 0 1 {WIDTH} 0)"));
    let height = pixels(drawing.height);
    let inner_height = height.clone();
    let class = if drawing.is_wide() { "flow__picture flow__picture--wide" } else { "flow__picture" };
    let names = names.into_iter().zip(&drawing.tops).map(|(name, top)| label(language, name, *top));
    let names = names.collect_view();
    let marks = drawing.marks.iter().map(|(x, rounds)| mark(language, *x, *rounds)).collect_view();
    view! {
        <svg class=class role="img" aria-labelledby="flow-title" aria-describedby="flow-about" height=height>
            <title id="flow-title">{title.to_owned()}</title>
            <desc id="flow-about">{about.to_owned()}</desc>
            <svg width="100%" height=inner_height viewBox=format!("0 0 {WIDTH} {}", drawing.height) preserveAspectRatio="none">
                <g transform=mirrored>{bands(&drawing.bands)}{blocks(&drawing.blocks)}</g>
            </svg>
            <text class="flow__purse" x=if language.dir() == "rtl" { "100%" } else { "0" } y="15">{purse.to_owned()}</text>
            {marks}
            {names}
        </svg>
    }
}

fn bands(bands: &[Band]) -> impl IntoView + use<> {
    let band = |band: &Band| {
        let ((x0, y0), (x1, y1)) = (band.from, band.to);
        let middle = i64::midpoint(x0, x1);
        let d = format!("M{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}");
        view! { <path class=format!("flow__band {}", band.kind.class()) d=d stroke-width=pixels(band.thick.max(10))/> }
    };
    bands.iter().filter(|band| band.thick >= THIN).map(band).collect_view()
}

/// One path for all of a kind, because there are many.
fn blocks(blocks: &[Block]) -> impl IntoView + use<> {
    let path = |kind: Kind| {
        let mut d = String::new();
        for Block { across, down, .. } in blocks.iter().filter(|block| block.kind == kind) {
            let (wide, high) = (across.1 - across.0, (down.1 - down.0).max(10));
            let _ = write!(d, "M{} {}h{wide}v{high}h{}z", across.0, down.0, -wide);
        }
        (!d.is_empty()).then(|| view! { <path class=format!("flow__block {}", kind.class()) d=d/> })
    };
    Kind::ALL.map(path).to_vec()
}

/// A lane's name, over it.
fn label(language: Language, name: Name, top: i64) -> impl IntoView + use<> {
    let (x, width) = (LANES - 100, WIDTH - LANES + 100);
    let x = if language.dir() == "rtl" { 0 } else { x };
    view! {
        <foreignObject x=percent(x) y=pixels(top - NAME) width=percent(width) height=pixels(NAME)>
            <p class="flow__name"><span class="flow__title" dir="auto">{name.title}</span><span class="flow__end">{name.end}</span></p>
        </foreignObject>
    }
}

/// The number of a round, or the numbers of several, over where they end.
fn mark(language: Language, x: i64, (first, last): (usize, usize)) -> impl IntoView + use<> {
    let x = if language.dir() == "rtl" { WIDTH - x } else { x };
    let words = if first == last { (first + 1).to_string() } else { format!("{}–{}", first + 1, last + 1) };
    view! { <text class="flow__round" x=percent(x) y="15">{words}</text> }
}

fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn pixels(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The curve of Lorenz: what the least supported projects got together, against a straight line where all got the same.
pub fn lorenz(language: Language, shares_thousandths: &[u64], about: String) -> impl IntoView + use<> {
    let last = u64::try_from(shares_thousandths.len().saturating_sub(1)).unwrap_or(1).max(1);
    let mut curve = String::new();
    for (share, place) in shares_thousandths.iter().zip(0_u64..) {
        let _ = write!(curve, "{} {} ", 1000 * place / last, 1000 - (*share).min(1000));
    }
    let mirrored = (language.dir() == "rtl").then_some("matrix(-1 0 0 1 1000 0)");
    view! {
        <svg class="lorenz" viewBox="-8 -8 1016 1016" role="img" aria-label=about>
            <g transform=mirrored>
                <path class="lorenz__area" d=format!("M0 1000L{curve}1000 1000z")/>
                <path class="lorenz__even" d="M0 1000L1000 0"/>
                <polyline class="lorenz__curve" points=curve.trim_end().to_owned()/>
                <path class="lorenz__frame" d="M0 0V1000H1000"/>
            </g>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tally::Minor;
    use tally::flow::Stage;

    fn sum(open: i64, paid: i64) -> Sum {
        Sum { open_minor: Minor::new(open), paid_minor: Minor::new(paid) }
    }

    fn step(from: usize, to: usize, minor: i64) -> Step {
        Step { from, to, minor: Minor::new(minor) }
    }

    /// Three projects and the rest: the third is dropped and passes on 30 and 10, 10 return; then both are paid.
    fn some() -> Flow {
        let stage = |round: Option<usize>, sums: [Sum; 4], moves: Vec<Step>| Stage {
            rounds: round.map(|round| (round, round)),
            sums: sums.to_vec(),
            moves,
        };
        Flow {
            purse_minor: Minor::new(200),
            lanes: vec![Lane::Project(1), Lane::Project(0), Lane::Project(2), Lane::Rest],
            stages: vec![
                stage(None, [sum(70, 0), sum(60, 0), sum(50, 0), sum(20, 0)], Vec::new()),
                stage(
                    Some(0),
                    [sum(100, 0), sum(70, 0), sum(0, 0), sum(30, 0)],
                    vec![step(2, 0, 30), step(2, 1, 10), step(2, 3, 10)],
                ),
                stage(Some(1), [sum(0, 90), sum(70, 0), sum(0, 0), sum(40, 0)], vec![step(0, 3, 10)]),
                stage(Some(2), [sum(0, 90), sum(0, 70), sum(0, 0), sum(40, 0)], Vec::new()),
            ],
        }
    }

    /// What is drawn upright at this place, in all.
    fn high_at(drawing: &Drawing, x: i64) -> i64 {
        let here = drawing.blocks.iter().filter(|block| block.across.0 <= x && x < block.across.1);
        here.map(|block| block.down.1 - block.down.0).sum()
    }

    #[test]
    fn the_purse_is_as_high_at_every_stage_and_bands_bridge_what_lies_between() {
        let flow = some();
        let (drawing, paper) = (Drawing::of(&flow), Paper::of(&flow));
        assert_eq!(high_at(&drawing, 0), paper.purse);
        let fan: i64 = drawing.bands.iter().filter(|band| band.from.0 == SOURCE).map(|band| band.thick).sum();
        assert_eq!(fan, paper.purse, "the envelopes are spread whole");
        for stage in 0..flow.stages.len() {
            let (from, to) = paper.plateau(stage);
            assert_eq!(high_at(&drawing, from), paper.purse, "stage {stage}");
            let moved: i64 =
                drawing.bands.iter().filter(|band| band.from.0 == to).map(|band| band.thick).sum();
            if stage + 1 < flow.stages.len() {
                assert_eq!(high_at(&drawing, to) + moved, paper.purse, "after stage {stage}");
            }
        }
    }

    #[test]
    fn bands_leave_and_join_within_their_lanes_and_never_lie_on_each_other() {
        let flow = some();
        let (drawing, paper) = (Drawing::of(&flow), Paper::of(&flow));
        let joins: Vec<_> = drawing.bands.iter().filter(|band| band.from.0 == paper.plateau(0).1).collect();
        let [up, less, down] = joins.as_slice() else { panic!("{joins:?}") };
        let top = paper.tops[2];
        assert_eq!(up.from.1 - up.thick / 2, top, "nothing stays, so the first band leaves at the top");
        assert_eq!(less.from.1 - less.thick / 2, top + up.thick);
        assert_eq!(down.from.1 + down.thick / 2, top + paper.high(50));
        assert_eq!(up.to.1 - up.thick / 2, paper.tops[0] + paper.high(70), "below what was there");
        assert_eq!((up.kind, down.kind), (Kind::Open, Kind::Rest));
    }

    #[test]
    fn lanes_have_their_names_above_them_and_room_below() {
        let flow = some();
        let (drawing, paper) = (Drawing::of(&flow), Paper::of(&flow));
        for block in drawing.blocks.iter().skip(1) {
            let lane = drawing.tops.iter().rposition(|top| *top <= block.down.0).unwrap();
            let next = drawing.tops.get(lane + 1).map_or(drawing.height, |top| top - NAME);
            assert!(block.down.1 < next, "{block:?}");
            assert!(block.across.1 <= WIDTH && block.across.0 >= LANES);
        }
        assert_eq!(paper.plateau(3).1, WIDTH);
        assert_eq!(drawing.marks.iter().map(|mark| mark.1).collect::<Vec<_>>(), [(0, 0), (1, 1), (2, 2)]);
    }

    #[test]
    fn what_is_paid_out_of_the_rest_leaves_it() {
        let stage = |rounds, sums: [Sum; 2], moves| Stage { rounds, sums: sums.to_vec(), moves };
        let flow = Flow {
            purse_minor: Minor::new(100),
            lanes: vec![Lane::Rest, Lane::Project(0)],
            stages: vec![
                stage(None, [sum(100, 0), sum(0, 0)], Vec::new()),
                stage(Some((0, 0)), [sum(25, 0), sum(0, 75)], vec![step(0, 1, 75)]),
            ],
        };
        let (drawing, paper) = (Drawing::of(&flow), Paper::of(&flow));
        let [fan, paid] = drawing.bands.as_slice() else { panic!("{drawing:?}") };
        assert_eq!((fan.from.1, fan.thick), (fan.to.1, paper.purse), "straight into the rest");
        assert_eq!((paid.kind, paid.thick), (Kind::Paid, paper.purse * 3 / 4));
    }
}
