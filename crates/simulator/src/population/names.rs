//! Names of people in the scripts of the world, each with the Latin form its login is made from.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A name as written, and in Latin letters.
pub(super) type Name = (&'static str, &'static str);

struct Origin {
    /// Relative frequency.
    weight: u32,
    given: &'static [Name],
    family: &'static [Name],
}

const LATIN: Origin = Origin {
    weight: 60,
    given: &[
        ("Anna", "anna"),
        ("Ben", "ben"),
        ("Carla", "carla"),
        ("David", "david"),
        ("Elena", "elena"),
        ("Fritz", "fritz"),
        ("Grace", "grace"),
        ("Hugo", "hugo"),
        ("Inês", "ines"),
        ("Jörg", "joerg"),
        ("Katarzyna", "katarzyna"),
        ("Luca", "luca"),
        ("María José", "mariajose"),
        ("Nils", "nils"),
        ("Olu", "olu"),
        ("Paula", "paula"),
        ("Quentin", "quentin"),
        ("Ruth", "ruth"),
        ("Søren", "soeren"),
        ("Tomáš", "tomas"),
        ("Ümit", "uemit"),
        ("Věra", "vera"),
        ("William", "william"),
        ("Ximena", "ximena"),
    ],
    family: &[
        ("Adeyemi", "adeyemi"),
        ("Bauer", "bauer"),
        ("Çelik", "celik"),
        ("D'Angelo", "dangelo"),
        ("Eriksson", "eriksson"),
        ("Fernández", "fernandez"),
        ("García", "garcia"),
        ("Hansen", "hansen"),
        ("İnan", "inan"),
        ("Jones", "jones"),
        ("Kowalski", "kowalski"),
        ("Łukasik", "lukasik"),
        ("Müller", "mueller"),
        ("Nguyễn", "nguyen"),
        ("O'Brien", "obrien"),
        ("Park", "park"),
        ("Quiñones", "quinones"),
        ("Rossi", "rossi"),
        ("Smith", "smith"),
        ("Smith-Jones", "smithjones"),
        ("Tanner", "tanner"),
        ("van der Berg", "vanderberg"),
        ("Weiß", "weiss"),
        ("Zając", "zajac"),
    ],
};

const CYRILLIC: Origin = Origin {
    weight: 12,
    given: &[
        ("Мира", "mira"),
        ("Олег", "oleg"),
        ("Дарья", "darya"),
        ("Іван", "ivan"),
        ("Светлана", "svetlana"),
    ],
    family: &[
        ("Коваль", "koval"),
        ("Иванова", "ivanova"),
        ("Петренко", "petrenko"),
        ("Соколов", "sokolov"),
        ("Ђорђевић", "djordjevic"),
    ],
};

const RIGHT_TO_LEFT: Origin = Origin {
    weight: 8,
    given: &[("ليلى", "leila"), ("عمر", "omar"), ("نور", "nour"), ("נועם", "noam"), ("תמר", "tamar")],
    family: &[
        ("حداد", "haddad"),
        ("المصري", "almasri"),
        ("خليل", "khalil"),
        ("לוי", "levi"),
        ("בן דוד", "bendavid"),
    ],
};

const EAST_ASIAN: Origin = Origin {
    weight: 12,
    given: &[
        ("伟", "wei"),
        ("芳", "fang"),
        ("さくら", "sakura"),
        ("翔太", "shota"),
        ("민준", "minjun"),
        ("서연", "seoyeon"),
    ],
    family: &[
        ("王", "wang"),
        ("李", "li"),
        ("佐藤", "sato"),
        ("髙橋", "takahashi"),
        ("김", "kim"),
        ("박", "bak"),
    ],
};

const COMPLEX: Origin = Origin {
    weight: 8,
    given: &[
        ("သီတာ", "thida"),
        ("အောင်", "aung"),
        ("आरती", "aarti"),
        ("สมชาย", "somchai"),
        ("Zoe\u{308}", "zoe"),
        ("Ngo\u{302}\u{323}c", "ngoc"),
    ],
    family: &[
        ("ဝင်း", "win"),
        ("कुमार", "kumar"),
        ("ศรีสุข", "srisuk"),
        ("Ångstro\u{308}m", "angstroem"),
        ("Tra\u{302}\u{300}n", "tran"),
    ],
};

const ORIGINS: [Origin; 5] = [LATIN, CYRILLIC, RIGHT_TO_LEFT, EAST_ASIAN, COMPLEX];

/// A given and a family name of one origin.
pub(super) fn draw(rng: &mut ChaCha8Rng) -> (Name, Name) {
    let total: u32 = ORIGINS.iter().map(|origin| origin.weight).sum();
    let mut ticket = rng.random_range(0..total);
    let origin = ORIGINS
        .iter()
        .find(|origin| {
            let found = ticket < origin.weight;
            ticket = ticket.saturating_sub(origin.weight);
            found
        })
        .unwrap_or(&LATIN);
    let mut one = |list: &[Name]| list[rng.random_range(0..list.len())];
    (one(origin.given), one(origin.family))
}

/// First letter and family name, as directories like it.
pub(super) fn login(given: &str, family: &str) -> String {
    format!("{}{family}", &given[..1])
}

pub(super) fn full(given: &str, family: &str) -> String {
    format!("{given} {family}")
}

/// `MKoval` of `mkoval`: LDAP may bring mixed case (§7.6).
pub(super) fn capitalised(login: &str) -> String {
    let mut letters = login.chars();
    let head: String = letters.by_ref().take(2).flat_map(char::to_uppercase).collect();
    head + letters.as_str()
}
