//! The map of a town, drawn on the server: outline, districts, waters, and numbered places.
//!
//! The land stretches with the page; numbers keep the size of a fingertip, so they are placed in hundredths of the page
//! and moved apart where they would lie on each other, each with a line to where it belongs. The list beside it says
//! the same in words.

// A drawing, not money: nothing is counted with these.
#![expect(clippy::float_arithmetic, reason = "places on a drawing")]

use crate::map::{Bounds, Line, Map, Place};
use crate::text::Text;
use leptos::prelude::*;
use std::fmt::Write;
use store::project::Point;

/// The drawing's own units: a square, in which tall towns and wide ones have the same room.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 1000.0;
/// How far apart two numbers stand: a little more than their size on the smallest phone.
const APART: f64 = 80.0;
/// With more places than this the names of districts would only lie under them.
const MOST_WITH_NAMES: usize = 9;
/// How often numbers are moved apart, and how many pairs may be looked at in all.
const MOST_TURNS: usize = 160;
const MOST_PAIRS: usize = 4_000_000;

/// A place with its number.
pub struct Mark {
    /// As the list has it.
    pub number: String,
    /// What is there.
    pub title: String,
    /// The address of its page; none for a place that the page is about.
    pub href: Option<String>,
    /// Where it is.
    pub point: Point,
}

/// Where the globe lies on the paper.
struct Frame {
    west: f64,
    north: f64,
    /// Units of the drawing for a millionth of a degree.
    across: f64,
    down: f64,
}

impl Frame {
    /// Around the town, or around the places where there is none.
    fn around(map: Option<&Map>, marks: &[Mark]) -> Option<Self> {
        let places = Bounds::around(marks.iter().map(|mark| place(mark.point)));
        let bounds = map.and_then(Map::bounds).or(places)?;
        let [west, east, south, north] = [bounds.west, bounds.east, bounds.south, bounds.north].map(float);
        // A degree of longitude shrinks towards the poles.
        let shrink = ((south + north) / 2.0 / 1e6).to_radians().cos().max(0.01);
        // At least some two hundred metres, and a margin.
        let wide = ((east - west) * shrink).max(2_000.0);
        let high = (north - south).max(2_000.0);
        let scale = (WIDTH / wide).min(HEIGHT / high) * 0.94;
        let (across, down) = (scale * shrink, scale);
        let middle = (f64::midpoint(west, east), f64::midpoint(south, north));
        Some(Self {
            west: middle.0 - WIDTH / 2.0 / across,
            north: middle.1 + HEIGHT / 2.0 / down,
            across,
            down,
        })
    }

    fn at(&self, (longitude, latitude): Place) -> (f64, f64) {
        ((float(longitude) - self.west) * self.across, (self.north - float(latitude)) * self.down)
    }

    /// A path through these places, in whole units; a step that would not be seen is left out.
    fn path(&self, lines: &[Line], closed: bool) -> String {
        let mut path = String::new();
        for line in lines {
            let mut last = String::new();
            for (place, first) in line.iter().zip([true].into_iter().chain(std::iter::repeat(false))) {
                let (x, y) = self.at(*place);
                let step = format!("{x:.0} {y:.0}");
                if step != last {
                    let _ = write!(path, "{}{step}", if first { 'M' } else { 'L' });
                }
                last = step;
            }
            if closed {
                path.push('Z');
            }
        }
        path
    }
}

fn place(point: Point) -> Place {
    (point.longitude_microdegrees, point.latitude_microdegrees)
}

fn float(micro: i64) -> f64 {
    i32::try_from(micro).map_or(0.0, f64::from)
}

/// The map; nothing where nothing is known of the town. `about` is what it shows, in a few words.
pub fn map(t: Text, map: Option<&Map>, marks: &[Mark], about: &str) -> Option<AnyView> {
    let frame = Frame::around(map, marks)?;
    let homes: Vec<_> = marks.iter().map(|mark| frame.at(place(mark.point))).collect();
    let stands = apart(&homes);
    let lines = homes.iter().zip(&stands).map(|(home, stand)| leader(*home, *stand)).collect_view();
    let numbers = marks.iter().zip(&stands).map(|(mark, stand)| number(mark, *stand)).collect_view();
    Some(
        view! {
            <svg class="map" role="group" aria-labelledby="map-title" aria-describedby="map-about">
                <title id="map-title">{about.to_owned()}</title>
                <desc id="map-about">{t.map_described()}</desc>
                {map.map(|map| land(&frame, map, marks.len() <= MOST_WITH_NAMES))}
                {lines}
                {numbers}
            </svg>
        }
        .into_any(),
    )
}

fn land(frame: &Frame, map: &Map, named: bool) -> impl IntoView + use<> {
    let outline = frame.path(&map.outline, true);
    let waters = frame.path(&map.waters, false);
    let districts = map
        .districts
        .iter()
        .map(|district| view! { <path class="map__district" d=frame.path(&district.rings, true)/> })
        .collect_view();
    let names = map
        .districts
        .iter()
        .filter(|_| named)
        .filter_map(|district| {
            let bounds = Bounds::around(district.rings.iter().flatten().copied())?;
            let (x, y) = frame.at((bounds.west.midpoint(bounds.east), bounds.south.midpoint(bounds.north)));
            let name = district.name.clone();
            Some(view! { <text class="map__name" x=across(x) y=down(y)>{name}</text> })
        })
        .collect_view();
    view! {
        <svg class="map__land" viewBox="0 0 1000 1000" aria-hidden="true">
            <path class="map__town" fill-rule="evenodd" d=outline/>
            {districts}
            <path class="map__water" d=waters/>
        </svg>
        <g aria-hidden="true">{names}</g>
    }
}

fn leader(home: (f64, f64), stand: (f64, f64)) -> impl IntoView {
    let (x1, y1, x2, y2) = (across(home.0), down(home.1), across(stand.0), down(stand.1));
    view! {
        <g aria-hidden="true">
            <line class="map__leader" x1=x1.clone() y1=y1.clone() x2=x2 y2=y2/>
            <circle class="map__home" cx=x1 cy=y1 r="3"/>
        </g>
    }
}

fn number(mark: &Mark, (x, y): (f64, f64)) -> AnyView {
    let words = format!("{}. {}", mark.number, mark.title);
    let disc = view! {
        <circle class="map__disc" r="13"></circle>
        <text class="map__number" dy="0.35em">{mark.number.clone()}</text>
    };
    let inside = match &mark.href {
        Some(href) => view! { <a href=href.clone() aria-label=words>{disc}</a> }.into_any(),
        None => view! { <g role="img" aria-label=mark.title.clone()>{disc}</g> }.into_any(),
    };
    view! { <svg class="map__mark" x=across(x) y=down(y)>{inside}</svg> }.into_any()
}

fn across(x: f64) -> String {
    format!("{:.2}%", x / WIDTH * 100.0)
}

fn down(y: f64) -> String {
    format!("{:.2}%", y / HEIGHT * 100.0)
}

/// Where numbers stand, so that none lies on another: neighbours that are too near push each other away, and the edge of
/// the paper holds.
fn apart(homes: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut stands = homes.to_vec();
    let pairs = (homes.len() * homes.len() / 2).max(1);
    let edge = APART / 2.0;
    for _ in 0..MOST_TURNS.min(MOST_PAIRS / pairs) {
        let mut moved = false;
        for one in 0..stands.len() {
            for other in one + 1..stands.len() {
                let (dx, dy) = (stands[other].0 - stands[one].0, stands[other].1 - stands[one].1);
                let distance = dx.hypot(dy);
                if distance >= APART {
                    continue;
                }
                moved = true;
                // Two at one place part ways along a line of their own, which their numbers decide.
                let turn = i32::try_from(other).map_or(0.0, f64::from);
                let (dx, dy) =
                    if distance < 0.01 { (turn.cos(), turn.sin()) } else { (dx / distance, dy / distance) };
                let push = (APART - distance) / 2.0 + 0.1;
                stands[one] = (stands[one].0 - dx * push, stands[one].1 - dy * push);
                stands[other] = (stands[other].0 + dx * push, stands[other].1 + dy * push);
            }
        }
        for stand in &mut stands {
            *stand = (stand.0.clamp(edge, WIDTH - edge), stand.1.clamp(edge, HEIGHT - edge));
        }
        if !moved {
            break;
        }
    }
    stands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least_distance(stands: &[(f64, f64)]) -> f64 {
        let mut least = f64::INFINITY;
        for (place, one) in stands.iter().enumerate() {
            for other in &stands[..place] {
                least = least.min((one.0 - other.0).hypot(one.1 - other.1));
            }
        }
        least
    }

    #[test]
    fn numbers_that_would_lie_on_each_other_are_moved_apart_and_stay_on_the_paper() {
        for homes in [vec![(500.0, 400.0); 12], vec![(0.0, 0.0); 5], vec![(990.0, 740.0), (995.0, 742.0)]] {
            let stands = apart(&homes);
            assert!(least_distance(&stands) > 60.0, "{stands:?}");
            assert!(
                stands.iter().all(|(x, y)| (0.0..=WIDTH).contains(x) && (0.0..=HEIGHT).contains(y)),
                "{stands:?}"
            );
        }
        let far = [(100.0, 100.0), (300.0, 100.0)];
        assert_eq!(apart(&far), far, "who has room stays");
        assert_eq!(apart(&vec![(1.0, 1.0); 3000]).len(), 3000, "a crowd ends");
    }

    #[test]
    fn the_globe_lies_on_the_paper_with_north_above() {
        let square = vec![
            (2_000_000, 46_000_000),
            (2_100_000, 46_000_000),
            (2_100_000, 46_100_000),
            (2_000_000, 46_100_000),
        ];
        let map = Map { outline: vec![square], ..Map::default() };
        let frame = Frame::around(Some(&map), &[]).unwrap();
        let (west, south) = frame.at((2_000_000, 46_000_000));
        let (east, north) = frame.at((2_100_000, 46_100_000));
        assert!(north < south && west < east);
        assert!((north + south - HEIGHT).abs() < 0.1 && (west + east - WIDTH).abs() < 0.1, "in the middle");
        // At 46 degrees a degree of longitude is 0.695 of one of latitude.
        let ratio = (east - west) / (south - north);
        assert!((0.69..0.70).contains(&ratio), "{ratio}");
        assert_eq!(Frame::around(None, &[]).map(|_| ()), None);
        assert_eq!(
            frame
                .path(&[vec![(2_013_000, 46_013_000), (2_013_001, 46_013_001)]], true)
                .matches(['M', 'L'])
                .count(),
            1
        );
    }
}
