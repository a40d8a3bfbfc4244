//! The town's map: read from GeoJSON (RFC 7946), kept as whole millionths of a degree, drawn on the server.
//!
//! No tiles and nobody else's server: an outline, districts, waters, and the places of projects are all that it takes to
//! see where something is. Refuses what is no town: too many points, places of no globe, lands wider than a province.
//! Read with plain serde: of GeoJSON only three members are wanted, and an unknown one is skipped.

use rust_decimal::Decimal;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use store::project::Point;

/// The largest file.
pub const LARGEST_BYTES: usize = 2 * 1024 * 1024;
/// How many points a file may have; an outline of a town at five metres has some thousands.
pub const MOST_POINTS: usize = 20_000;
/// How many districts.
const MOST_DISTRICTS: usize = 100;
/// How many characters the name of a district may have.
const LONGEST_NAME: usize = 60;
/// How wide and how high, in millionths of a degree: some 300 km.
const WIDEST: i64 = 3_000_000;

/// Longitude and latitude, in millionths of a degree.
pub type Place = (i64, i64);
/// A line, or the edge of an area.
pub type Line = Vec<Place>;

/// A town as it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// The edges of the town.
    pub outline: Vec<Line>,
    /// Its districts.
    pub districts: Vec<District>,
    /// Rivers and shores.
    pub waters: Vec<Line>,
}

/// A district with its edges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// As the file names it.
    pub name: String,
    /// Its edges.
    pub rings: Vec<Line>,
}

/// Why a file is no map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapProblem {
    /// Larger than [`LARGEST_BYTES`].
    TooLarge,
    /// No JSON; the line where reading ended.
    NotJson {
        /// From one.
        line: u64,
    },
    /// JSON of another form than GeoJSON's.
    NotGeoJson,
    /// Nothing in it is an area.
    NoArea,
    /// More than [`MOST_POINTS`] points, or more districts than are told apart.
    TooManyPoints,
    /// A place that is not on the globe in degrees; perhaps the file is in another system of coordinates.
    NotDegrees,
    /// Wider or higher than any town.
    TooWide,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum GeoJson {
    FeatureCollection {
        features: Vec<Feature>,
    },
    Feature {
        #[serde(default)]
        properties: Option<Properties>,
        geometry: Option<Geometry>,
    },
    Polygon {
        coordinates: Vec<Vec<Vec<Number>>>,
    },
    MultiPolygon {
        coordinates: Vec<Vec<Vec<Vec<Number>>>>,
    },
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: Option<Properties>,
    geometry: Option<Geometry>,
}

#[derive(Default, Deserialize)]
struct Properties {
    /// What makes an area a district.
    #[serde(default, alias = "nom", alias = "district", alias = "quartier")]
    name: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon {
        coordinates: Vec<Vec<Vec<Number>>>,
    },
    MultiPolygon {
        coordinates: Vec<Vec<Vec<Vec<Number>>>>,
    },
    LineString {
        coordinates: Vec<Vec<Number>>,
    },
    MultiLineString {
        coordinates: Vec<Vec<Vec<Number>>>,
    },
    /// Points and collections: nothing that is drawn here.
    #[serde(other)]
    Other,
}

impl Map {
    /// Reads a file: areas with a name are districts, those without are the town, lines are waters.
    ///
    /// # Errors
    /// What keeps it from being the map of a town.
    pub fn read(file: &[u8]) -> Result<Self, MapProblem> {
        if file.len() > LARGEST_BYTES {
            return Err(MapProblem::TooLarge);
        }
        serde_json::from_slice::<IgnoredAny>(file)
            .map_err(|error| MapProblem::NotJson { line: u64::try_from(error.line()).unwrap_or(0).max(1) })?;
        let json: GeoJson = serde_json::from_slice(file).map_err(|_| MapProblem::NotGeoJson)?;
        let mut map = Self::default();
        match json {
            GeoJson::FeatureCollection { features } => {
                for feature in features {
                    map.add(feature)?;
                }
            }
            GeoJson::Feature { properties, geometry } => map.add(Feature { properties, geometry })?,
            GeoJson::Polygon { coordinates } => map.outline.extend(lines(coordinates)?),
            GeoJson::MultiPolygon { coordinates } => map.outline.extend(polygons(coordinates)?),
        }
        map.check()?;
        Ok(map)
    }

    /// From the database.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// For the database.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers and names are always JSON")
    }

    fn add(&mut self, feature: Feature) -> Result<(), MapProblem> {
        let rings = match feature.geometry {
            Some(Geometry::Polygon { coordinates }) => lines(coordinates)?,
            Some(Geometry::MultiPolygon { coordinates }) => polygons(coordinates)?,
            Some(Geometry::LineString { coordinates }) => {
                self.waters.push(line(coordinates)?);
                return Ok(());
            }
            Some(Geometry::MultiLineString { coordinates }) => {
                self.waters.extend(lines(coordinates)?);
                return Ok(());
            }
            Some(Geometry::Other) | None => return Ok(()),
        };
        let name = feature.properties.unwrap_or_default().name;
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default().trim();
        if name.is_empty() {
            self.outline.extend(rings);
        } else {
            let name = name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
            self.districts.push(District { name, rings });
        }
        Ok(())
    }

    fn check(&self) -> Result<(), MapProblem> {
        if self.outline.is_empty() && self.districts.is_empty() {
            return Err(MapProblem::NoArea);
        }
        if self.places().count() > MOST_POINTS || self.districts.len() > MOST_DISTRICTS {
            return Err(MapProblem::TooManyPoints);
        }
        let frame = self.bounds().ok_or(MapProblem::NoArea)?;
        if frame.width() > WIDEST || frame.height() > WIDEST {
            return Err(MapProblem::TooWide);
        }
        Ok(())
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        let districts = self.districts.iter().flat_map(|district| &district.rings);
        self.outline.iter().chain(districts).chain(&self.waters).flatten().copied()
    }

    /// What the town takes up; waters that flow on are cut off.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        let districts = self.districts.iter().flat_map(|district| &district.rings);
        Bounds::around(self.outline.iter().chain(districts).flatten().copied())
    }

    /// Whether a place is in the town or within half its size of it: farther away it is a slip of the hand.
    #[must_use]
    pub fn is_near(&self, point: Point) -> bool {
        self.bounds().is_none_or(|bounds| {
            let near = |least: i64, most: i64, at: i64| {
                let slack = ((most - least) / 2).max(1_000);
                (least - slack..=most + slack).contains(&at)
            };
            near(bounds.west, bounds.east, point.longitude_microdegrees)
                && near(bounds.south, bounds.north, point.latitude_microdegrees)
        })
    }
}

/// The box around some places, in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least longitude.
    pub west: i64,
    /// The greatest.
    pub east: i64,
    /// The least latitude.
    pub south: i64,
    /// The greatest.
    pub north: i64,
}

impl Bounds {
    /// The smallest box around them; none where there are none.
    #[must_use]
    pub fn around(places: impl IntoIterator<Item = Place>) -> Option<Self> {
        let of_one = |(x, y): Place| Self { west: x, east: x, south: y, north: y };
        places.into_iter().map(of_one).reduce(|a, b| Self {
            west: a.west.min(b.west),
            east: a.east.max(b.east),
            south: a.south.min(b.south),
            north: a.north.max(b.north),
        })
    }

    fn width(self) -> i64 {
        self.east - self.west
    }

    fn height(self) -> i64 {
        self.north - self.south
    }
}

fn polygons(coordinates: Vec<Vec<Vec<Vec<Number>>>>) -> Result<Vec<Line>, MapProblem> {
    coordinates.into_iter().flatten().map(line).collect()
}

fn lines(coordinates: Vec<Vec<Vec<Number>>>) -> Result<Vec<Line>, MapProblem> {
    coordinates.into_iter().map(line).collect()
}

fn line(coordinates: Vec<Vec<Number>>) -> Result<Line, MapProblem> {
    let place = |position: Vec<Number>| match position.as_slice() {
        [x, y, ..] => Some((microdegrees(x, 180)?, microdegrees(y, 90)?)),
        _ => None,
    };
    let line: Option<Line> = coordinates.into_iter().map(place).collect();
    line.filter(|line| !line.is_empty()).ok_or(MapProblem::NotDegrees)
}

fn microdegrees(number: &Number, most: i64) -> Option<i64> {
    let text = number.to_string();
    let degrees = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text)).ok()?;
    in_microdegrees(degrees, most)
}

fn in_microdegrees(degrees: Decimal, most: i64) -> Option<i64> {
    let micro = degrees.checked_mul(Decimal::from(1_000_000))?.round();
    let micro: i64 = micro.try_into().ok()?;
    (-most * 1_000_000..=most * 1_000_000).contains(&micro).then_some(micro)
}

/// Reads degrees that a person typed: `46,7151`, `-2.5`, `46.715100°`. None when it is not plainly that, or above `most`.
#[must_use]
pub fn parse_degrees(typed: &str, most: i64) -> Option<i64> {
    let plain = typed.trim().trim_end_matches('°').trim_end().replace(',', ".").replace('−', "-");
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let is_plain = !digits.is_empty()
        && digits.len() <= 20
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.starts_with(|first: char| first.is_ascii_digit());
    if !is_plain {
        return None;
    }
    in_microdegrees(plain.parse().ok()?, most)
}

/// Degrees as [`parse_degrees`] reads them, with all six decimals.
#[must_use]
pub fn write_degrees(micro: i64) -> String {
    Decimal::new(micro, 6).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = "[[[2.0,46.0],[2.1,46.0],[2.1,46.1],[2.0,46.1],[2.0,46.0]]]";

    fn geometry(kind: &str, coordinates: &str) -> String {
        format!(r#"{{"type":"{kind}","coordinates":{coordinates}}}"#)
    }

    fn feature(properties: &str, geometry: &str) -> String {
        format!(r#"{{"type":"Feature","id":7,"properties":{properties},"geometry":{geometry}}}"#)
    }

    #[test]
    fn every_form_of_an_outline_is_read() {
        let polygon = geometry("Polygon", SQUARE);
        let multi = geometry("MultiPolygon", &format!("[{SQUARE}]"));
        let named_nothing = feature(r#"{"insee":"00000","name":null}"#, &multi);
        let collection = format!(
            r#"{{"type":"FeatureCollection","bbox":[2,46,2.1,46.1],"features":[{},{}]}}"#,
            feature("null", &polygon),
            feature("{}", &geometry("Point", "[2.0,46.0]"))
        );
        let expected = vec![(2_000_000, 46_000_000), (2_100_000, 46_000_000), (2_100_000, 46_100_000)];
        for json in [&polygon, &multi, &named_nothing, &collection] {
            let map = Map::read(json.as_bytes()).unwrap();
            assert_eq!((map.outline.len(), map.districts.len()), (1, 0), "{json}");
            assert_eq!(map.outline[0][..3], expected, "{json}");
            assert_eq!(Map::from_json(&map.to_json()), Some(map));
        }
    }

    #[test]
    fn areas_with_a_name_are_districts_and_lines_are_waters() {
        let json = format!(
            r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
            feature(r#"{"name":" La Gare "}"#, &geometry("Polygon", SQUARE)),
            feature(r#"{"nom":"Le Bourg"}"#, &geometry("Polygon", SQUARE)),
            feature("null", &geometry("LineString", "[[2.05,46.0,120.5],[2.06,46.2,119]]"))
        );
        let map = Map::read(json.as_bytes()).unwrap();
        let names: Vec<_> = map.districts.iter().map(|district| district.name.as_str()).collect();
        assert_eq!((names, map.waters.len()), (vec!["La Gare", "Le Bourg"], 1));
        assert_eq!(map.bounds().unwrap().north, 46_100_000, "the river flows on, the map does not");
    }

    #[test]
    fn what_is_no_map_is_refused_with_its_reason() {
        let many = vec!["[2.0,46.0]"; MOST_POINTS + 1].join(",");
        let districts = vec![feature(r#"{"name":"x"}"#, &geometry("Polygon", SQUARE)); 101].join(",");
        for (json, expected) in [
            (String::new(), MapProblem::NotJson { line: 1 }),
            ("a;b\n".into(), MapProblem::NotJson { line: 1 }),
            ("{\"type\":\n\"Polygon\",\n".into(), MapProblem::NotJson { line: 3 }),
            ("{\"type\":\n\"Topology\"}".into(), MapProblem::NotGeoJson),
            (geometry("Polygon", "[[[\"2\",46]]]"), MapProblem::NotGeoJson),
            (r#"{"type":"FeatureCollection","features":[]}"#.into(), MapProblem::NoArea),
            (geometry("Polygon", "[]"), MapProblem::NoArea),
            (feature("null", &geometry("LineString", "[[2,46],[3,47]]")), MapProblem::NoArea),
            (geometry("Polygon", &format!("[[{many}]]")), MapProblem::TooManyPoints),
            (
                format!(r#"{{"type":"FeatureCollection","features":[{districts}]}}"#),
                MapProblem::TooManyPoints,
            ),
            (geometry("Polygon", "[[[652000,6862000],[653000,6863000]]]"), MapProblem::NotDegrees),
            (geometry("Polygon", "[[[2.0]]]"), MapProblem::NotDegrees),
            (geometry("Polygon", "[[[1e400,46]]]"), MapProblem::NotGeoJson),
            (geometry("Polygon", "[[[-5,42],[8,51]]]"), MapProblem::TooWide),
            (" ".repeat(LARGEST_BYTES + 1), MapProblem::TooLarge),
        ] {
            let shown: String = json.chars().take(80).collect();
            assert_eq!(Map::read(json.as_bytes()), Err(expected), "{shown}");
        }
    }

    #[test]
    fn degrees_are_read_as_people_write_them() {
        for (typed, expected) in [
            ("46,7151", 46_715_100),
            ("46.7151°", 46_715_100),
            (" −2.5 ", -2_500_000),
            ("0", 0),
            ("90", 90_000_000),
            ("46.71510049", 46_715_100),
        ] {
            assert_eq!(parse_degrees(typed, 90), Some(expected), "{typed}");
        }
        for typed in ["", "nord", "46°42′54″", "90.000001", "-91", "1e1", "4.6.7", ".5", "+3", "--3"] {
            assert_eq!(parse_degrees(typed, 90), None, "{typed}");
        }
        for micro in [46_715_100, -2_500_000, 0, -1] {
            assert_eq!(parse_degrees(&write_degrees(micro), 90), Some(micro));
        }
    }

    #[test]
    fn a_place_far_from_the_town_is_a_slip() {
        let map = Map::read(geometry("Polygon", SQUARE).as_bytes()).unwrap();
        let near = |latitude_microdegrees, longitude_microdegrees| {
            map.is_near(Point { latitude_microdegrees, longitude_microdegrees })
        };
        assert!(near(46_050_000, 2_050_000) && near(46_140_000, 1_960_000));
        assert!(!near(2_050_000, 46_050_000), "latitude and longitude changed places");
        assert!(!near(46_160_000, 2_050_000));
        assert!(Map::default().is_near(Point { latitude_microdegrees: 0, longitude_microdegrees: 0 }));
    }
}
