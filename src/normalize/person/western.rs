//! Names of which the parts stand in words: `Dr. Juan Q. de la Vega III`.
//!
//! Titles are taken off the front and suffixes off the end, particles are
//! joined to the family name that they belong to, and what is left is given,
//! middle and family name by position.

use super::PersonName;
use super::piece::{Case, Piece, pieces};
use super::read::push_word;
use super::words::{
    BOUND, CONJUNCTION, GENERATION, GIVEN_TITLE, INNER, MAIDEN, MAYBE, NEVER_GIVEN, PARTICLE, TITLE,
};

/// One part of a name between commas, and what its words are read with.
struct Part<'a> {
    text: &'a str,
    words: Vec<Piece<'a>>,
    titles: Vec<Piece<'a>>,
    /// The last of the titles in front.
    leading: Option<Piece<'a>>,
    suffixes: Vec<Piece<'a>>,
    /// Whether capitals tell anything: not where all words are in one case.
    contrast: bool,
    /// Whether it follows the family name and a comma.
    given: bool,
    /// Whether no suffix follows behind a comma.
    last: bool,
}

/// Reads a name between commas: `Smith, John V, Jr.`.
pub(super) fn parse(segments: &[&str], family_first: bool) -> PersonName {
    let mut name = PersonName::default();
    let Some((head, rest)) = segments.split_first() else { return name };
    let mut head = Part::new(head, true);
    let Some((second, tail)) = rest.split_first() else {
        head.full_name(&mut name, family_first);
        return name;
    };
    let mut second = Part::new(second, false);
    let names = head.name_words();
    if head.words.is_empty() || !second.is_behind(&head, names) {
        second.contrast |= head.contrast;
        second.given = true;
        second.last = tail.iter().all(|segment| segment.is_empty());
        head.family(&mut name, true);
        second.given_names(&mut name);
    } else {
        head.last = second.words.is_empty();
        let addressed =
            head.words.len() > 1 && second.words.last().is_some_and(|title| title.is(GIVEN_TITLE));
        match names > 1 || second.words.is_empty() || addressed {
            true => head.full_name(&mut name, family_first),
            false => head.family(&mut name, false),
        }
        name.add_behind(&second.words);
    }
    for segment in tail {
        name.add_behind(&pieces(segment, false));
    }
    name
}

impl<'a> Part<'a> {
    fn new(text: &'a str, head: bool) -> Self {
        let words = pieces(text, head);
        let mut plain = words.iter().filter(|word| word.is_plain() && !word.letter).peekable();
        let contrast = plain.peek().is_some() && plain.all(|word| word.case == Case::Title);
        Part {
            text,
            words,
            titles: Vec::new(),
            leading: None,
            suffixes: Vec::new(),
            contrast,
            given: false,
            last: true,
        }
    }

    /// How many words of a name there are: titles and suffixes are none, and a
    /// particle counts with the word behind it.
    fn name_words(&self) -> usize {
        let words = self.words.get(self.leading_titles()..).unwrap_or_default();
        let counts = |(at, word): (usize, &Piece<'_>)| {
            (at == 0 || !word.is_suffix()) && (at + 1 == words.len() || !word.is(PARTICLE | CONJUNCTION))
        };
        words.iter().enumerate().filter(|&named| counts(named)).count()
    }

    /// How many words in front are titles. One word of a name is left, if
    /// there is more than one.
    fn leading_titles(&self) -> usize {
        if let [only] = self.words.as_slice()
            && self.given
            && only.is(MAYBE)
        {
            return usize::from(only.dotted && only.case == Case::Title);
        }
        let mut titles = 0;
        while let Some(word) = self.words.get(titles) {
            let next = self.words.get(titles + 1);
            let alone = word.is(INNER) && titles == 0 && !next.is_some_and(|next| next.is(TITLE));
            let abbreviation = word.is(TITLE) && !alone || !self.given && next.is_some() && word.is_title();
            let starts = word.is(PARTICLE) && !next.is_some_and(|next| next.is(PARTICLE | TITLE));
            if !abbreviation || starts && titles == 0 && next.is_none() {
                break;
            }
            titles += 1;
        }
        let name_follows = self.words.get(titles).is_some_and(|word| !word.is_suffix() && !word.is(MAIDEN));
        if titles > 1 && !name_follows && !self.given && !self.ends_in_title(titles) {
            titles -= 1;
        }
        titles
    }

    /// Whether the last of the titles can be nothing else: `Dr.`.
    fn ends_in_title(&self, titles: usize) -> bool {
        self.words.get(titles - 1).is_some_and(|last| last.dotted)
    }

    fn take_titles(&mut self) {
        let titles = self.leading_titles().min(self.words.len());
        self.titles = self.words.drain(..titles).collect();
        self.leading = self.titles.last().copied();
    }

    /// Whether this stands behind a whole name, as degrees and titles do, and
    /// is not its given part.
    fn is_behind(&self, head: &Part<'_>, names: usize) -> bool {
        let Some(first) = self.words.first() else { return true };
        let full = names > 1;
        let reads = |(at, word): (usize, &Piece<'_>)| {
            let anchored = at > 0 && self.words.get(at - 1).is_some_and(Piece::is_suffix);
            let capitals = head.contrast && word.case == Case::Upper;
            match word {
                word if word.is_suffix() => true,
                word if word.is(MAYBE) => (full || anchored || capitals) && !(word.is(TITLE) && word.dotted),
                word if word.initials > 1 => full && (word.initials > 2 || anchored || self.words.len() > 1),
                word if word.is_numeral() => full || anchored,
                word if word.is(PARTICLE) => full && self.words.len() > 1,
                word => full && capitals && word.is_acronym(),
            }
        };
        let titles = self.words.iter().take_while(|word| word.is(TITLE) && !word.is_suffix()).count();
        titles == self.words.len() && (!self.words.iter().all(|word| word.is(MAYBE)) || full || first.dotted)
            || self.words.iter().enumerate().all(reads)
            || full && first.is_suffix()
    }

    /// Takes titles and suffixes off the back. `before` is how many words of
    /// the name stand in front of these, where these are no part of it.
    fn peel(&mut self, before: Option<usize>) {
        let leading = self.titles.len();
        while let Some((word, front)) = self.words.split_last() {
            let counted = || front.iter().enumerate().filter(|&(at, word)| self.counts(at, word)).count();
            let least = usize::from(self.given && !front.is_empty());
            let names = before.unwrap_or_else(|| counted().max(least));
            let (suffix, title) = match names {
                0 => (
                    self.given
                        && self.leading.is_some()
                        && !word.is_numeral()
                        && self.is_degree(word, front, 1),
                    false,
                ),
                _ => (
                    self.is_degree(word, front, names),
                    word.is(TITLE) && word.dotted && !word.is_suffix() && !word.is(PARTICLE),
                ),
            };
            match (title, suffix) {
                (true, _) => self.titles.insert(leading, *word),
                (_, true) => self.suffixes.insert(0, *word),
                _ => break,
            }
            self.words.pop();
        }
    }

    fn counts(&self, at: usize, word: &Piece<'_>) -> bool {
        let title = word.is(TITLE) && word.dotted;
        let particle = word.is(PARTICLE) && (at > 0 || self.leading_is(PARTICLE));
        !(title || particle || self.given && (word.is_initial() || word.is(MAYBE)))
    }

    fn leading_is(&self, flags: u16) -> bool {
        self.leading.is_some_and(|title| title.is(flags))
    }

    /// Whether the last word is a suffix, with so many words of a name before it.
    fn is_degree(&self, word: &Piece<'_>, front: &[Piece<'_>], names: usize) -> bool {
        let anchored = front.iter().rev().find(|word| !word.is(MAYBE)).is_some_and(Piece::is_suffix);
        let capitals = word.case == Case::Upper;
        if word.is_suffix() {
            return true;
        }
        if front.last().is_some_and(|before| before.is(PARTICLE)) && front.len() > 1 && !anchored {
            return false;
        }
        if word.is_numeral() {
            let only = self.suffixes.is_empty() && self.last;
            let sure = self.contrast && word.case == Case::Lower;
            let spared = names > 1 || self.given || sure || word.text.len() > 1 && !word.dotted;
            return anchored && only
                || !word.dotted && spared && (only || word.text.len() > 1 || sure && names > 1);
        }
        if word.initials > 1 {
            let caseless = word.case == Case::Title;
            return anchored || (word.initials > 2 || caseless) && (names > 1 || self.given);
        }
        if !word.is(MAYBE) || self.given && word.is(PARTICLE) && !(capitals && self.contrast) {
            return false;
        }
        if anchored {
            return names > 0;
        }
        let beside = self.contrast && (!self.suffixes.is_empty() || front.iter().any(|word| word.is(TITLE)));
        match word.case {
            Case::Title => false,
            _ if self.given => names < 2,
            Case::Upper if beside => true,
            _ => names > 1,
        }
    }

    /// A name from front to back: `Dr. Juan Q. de la Vega III`.
    fn full_name(mut self, name: &mut PersonName, family_first: bool) {
        self.take_titles();
        self.take_maiden(name);
        if self.suffixes.is_empty() {
            self.peel(None);
        }
        if let [_, generation, _, ..] = self.words.as_slice()
            && generation.is(GENERATION)
            && !generation.is_numeral()
        {
            return self.generation_second(name);
        }
        self.take_inner();
        self.join_links();
        self.join_particles();
        self.join_bound();
        self.assign(name, family_first);
        name.add_titles(&self.titles);
        name.add_suffixes(&self.suffixes);
    }

    /// `Jane Smith née Jones PhD`: what follows the marker, but for suffixes.
    fn take_maiden(&mut self, name: &mut PersonName) {
        let marker = self.words.iter().skip(1).position(|word| word.is(MAIDEN)).map(|at| at + 1);
        let named =
            |at: &usize| self.words.get(at + 1).is_some_and(|word| !word.is_suffix() || word.is(MAYBE));
        let Some(at) = marker.filter(named) else { return };
        let behind = self.words.split_off(at);
        let before = std::mem::replace(&mut self.words, behind.get(2..).unwrap_or_default().to_vec());
        self.peel(Some(before.len()));
        let born: Vec<_> = behind.get(1..2).into_iter().flatten().chain(&self.words).copied().collect();
        name.maiden.push_str(self.phrase(&born));
        self.words = before;
    }

    /// Suffixes and titles amid the name: from a suffix on there is no more name.
    fn take_inner(&mut self) {
        let suffix = self.words.iter().skip(2).position(Piece::is_suffix);
        let behind = suffix.map_or_else(Vec::new, |at| self.words.split_off(at + 2));
        let (titles, suffixes): (Vec<_>, Vec<_>) =
            behind.into_iter().partition(|word| word.is(TITLE) && word.dotted && !word.is_suffix());
        self.titles.extend(titles);
        self.suffixes.splice(..0, suffixes);
        let title = |word: &Piece<'_>| word.is(TITLE) && word.dotted && !word.is(PARTICLE | MAYBE);
        if let Some(at) = self.words.iter().skip(1).position(title) {
            self.titles.push(self.words.remove(at + 1));
        }
    }

    /// `SMITH JR. JOHN A`: what stands before the generation is the family name.
    fn generation_second(mut self, name: &mut PersonName) {
        let mut rest = self.words.drain(..).collect::<Vec<_>>().into_iter();
        name.family.push_str(rest.next().map_or("", |word| word.text));
        self.suffixes.splice(..0, rest.next());
        name.given.push_str(rest.next().map_or("", |word| word.text));
        name.middle.push_str(self.phrase(rest.as_slice()));
        name.add_titles(&self.titles);
        name.add_suffixes(&self.suffixes);
    }

    /// The text from the first of these words to the last.
    fn phrase(&self, words: &[Piece<'a>]) -> &'a str {
        match words {
            [] => "",
            [first, .., last] => first.joined(last, self.text).text,
            [word] => word.text,
        }
    }

    fn assign(&self, name: &mut PersonName, family_first: bool) {
        let after_title = self.leading.is_some_and(|title| !title.is(GIVEN_TITLE))
            || self.leading.is_none() && !self.titles.is_empty();
        match self.words.as_slice() {
            [] => {}
            [only] => {
                let family = family_first
                    || after_title
                    || only.is(PARTICLE) && only.text.contains(' ')
                    || !name.maiden.is_empty()
                        && self.leading.is_none()
                        && !only.is_initial()
                        && !only.is(BOUND);
                match family {
                    true => name.family.push_str(only.text),
                    false => name.given.push_str(only.text),
                }
            }
            [family, given, middle @ ..] if family_first => {
                name.family.push_str(family.text);
                name.given.push_str(given.text);
                name.middle.push_str(self.phrase(middle));
            }
            // `Smith John A`: nobody's family name is one letter behind two names.
            [family, given, middle @ .., last]
                if last.is_initial()
                    && !last.is_numeral()
                    && self.titles.is_empty()
                    && name.maiden.is_empty()
                    && ![family, given]
                        .into_iter()
                        .any(|word| word.letter || word.initials > 0 || word.is(PARTICLE)) =>
            {
                name.family.push_str(family.text);
                name.given.push_str(given.text);
                name.middle.push_str(self.phrase(self.words.get(2..).unwrap_or(middle)));
            }
            [given, middle @ .., family] => {
                name.given.push_str(given.text);
                name.middle.push_str(self.phrase(middle));
                name.family.push_str(family.text);
            }
        }
    }

    /// `Garcia y Lopez` is one family name, where a given name stands before it.
    fn join_links(&mut self) {
        if let [_, _, .., before, link] = self.words.as_slice()
            && self.words.len() > 3
            && link.is_link()
            && link.case == Case::Lower
            && self.contrast
        {
            let joined = before.joined(link, self.text);
            self.words.truncate(self.words.len() - 2);
            self.words.push(joined);
        }
        let mut at = 2;
        while at + 1 < self.words.len() {
            let (before, link, after) = (self.words[at - 1], self.words[at], self.words[at + 1]);
            let lower = link.case == Case::Lower || link.text == "Y" && !self.contrast || link.text == "И";
            let name = |word: Piece<'_>| !word.is_initial() && !word.is(PARTICLE);
            if link.is_link() && lower && name(before) && name(after) && self.words.len() > 3 {
                let joined = before.joined(&after, self.text);
                self.words.splice(at - 1..=at + 1, [joined]);
            } else {
                at += 1;
            }
        }
    }

    /// Joins particles to what follows them, up to the next: `van der Berg`.
    fn join_particles(&mut self) {
        let titled = self.leading_is(PARTICLE);
        let leads = self.words.first().is_some_and(|first| {
            first.is(NEVER_GIVEN) && self.words.len() > 1
                || titled
                || first.text.contains(' ') && first.is(PARTICLE)
        });
        let mut at = usize::from(!leads);
        while at < self.words.len() {
            if !self.words[at].is(PARTICLE) || self.words[at].is_initial() {
                at += 1;
                continue;
            }
            let rest = &self.words[at..];
            let particles = rest.iter().take_while(|word| word.is(PARTICLE)).count();
            let names = rest[particles..].iter().take_while(|word| !word.is(PARTICLE)).count();
            let end = at + particles + names;
            if let [first, .., last] = &self.words[at..end] {
                let joined = first.joined(last, self.text).with(PARTICLE);
                self.words.splice(at..end, [joined]);
            }
            at += 1;
        }
    }

    /// `Abdul Rahman` is one given name, where a family name is left.
    fn join_bound(&mut self) {
        let least = match self.given || self.leading_is(GIVEN_TITLE) {
            true => 2,
            false => 3,
        };
        if let [first, second, ..] = self.words.as_slice()
            && first.is(BOUND)
            && self.words.len() >= least
            && !second.is(MAIDEN)
        {
            let joined = first.joined(second, self.text);
            self.words.splice(..2, [joined]);
        }
    }

    /// The part before a comma: `Dr. de la Vega Jr.`.
    fn family(mut self, name: &mut PersonName, given_follows: bool) {
        let titles = self.leading_titles();
        let left = self.words.iter().skip(titles).any(|word| !word.is_suffix());
        // `St. John, Ian` has a family name that begins so.
        let saint = |word: &Piece<'_>| word.text.trim_end_matches('.').eq_ignore_ascii_case("st");
        let kept = given_follows && self.words.first().is_some_and(saint);
        let titles = if left && !kept { titles } else { 0 };
        self.titles = self.words.drain(..titles).collect();
        while self.words.len() > 1 && self.words.last().is_some_and(Piece::is_suffix) {
            self.suffixes.extend(self.words.pop());
        }
        self.suffixes.reverse();
        name.family.push_str(self.phrase(&self.words));
        name.add_titles(&self.titles);
        name.add_suffixes(&self.suffixes);
    }

    /// The part after the family name and a comma: `Dr. John V Jr.`.
    fn given_names(mut self, name: &mut PersonName) {
        self.take_titles();
        let interior = self.words.iter().skip(1).position(|word| word.is_suffix());
        let mut behind = interior.map_or_else(Vec::new, |at| self.words.split_off(at + 1));
        if !behind.is_empty() {
            std::mem::swap(&mut self.words, &mut behind);
            self.peel_titles();
            self.float_particles(name);
            std::mem::swap(&mut self.words, &mut behind);
        }
        let floated = self.float_particles(name);
        if let Some(first) = self.words.first().filter(|first| first.is(NEVER_GIVEN))
            && !name.family.is_empty()
        {
            let whole = first.joined(self.words.last().unwrap_or(first), self.text);
            push_word(&mut name.family, whole.text, " ");
            self.words.clear();
        }
        self.last &= behind.is_empty();
        let maiden = self.words.iter().skip(1).any(|word| word.is(MAIDEN));
        if !(floated && self.words.last().is_some_and(|word| word.is(MAYBE))) {
            self.peel(maiden.then_some(1));
        }
        self.float_particles(name);
        self.suffixes.extend(behind);
        self.join_bound();
        if let Some((given, middle)) = self.words.split_first() {
            if name.family.is_empty() && middle.is_empty() && !self.titles.is_empty() {
                name.family.push_str(given.text);
            } else {
                name.given.push_str(given.text);
                name.middle.push_str(self.phrase(middle));
            }
        }
        name.add_titles(&self.titles);
        name.add_suffixes(&self.suffixes);
    }

    fn peel_titles(&mut self) {
        while self.words.last().is_some_and(|word| word.is(TITLE) && word.dotted && !word.is_suffix()) {
            let at = self.titles.len();
            let word = self.words.pop();
            self.titles.splice(at..at, word);
        }
    }

    /// Particles at the end belong to the family name: `Beethoven, Ludwig van`.
    fn float_particles(&mut self, name: &mut PersonName) -> bool {
        let floats = |word: &&Piece<'_>| {
            word.is(PARTICLE) && !(word.is(MAYBE) && word.case == Case::Upper && self.contrast)
        };
        let particles = self.words.iter().rev().take_while(floats).count();
        if particles == 0
            || name.family.is_empty()
            || particles == self.words.len() && self.given && self.suffixes.is_empty()
        {
            return false;
        }
        let particles = self.words.split_off(self.words.len() - particles);
        name.family = format!("{} {}", self.phrase(&particles), name.family);
        true
    }
}

impl PersonName {
    fn add_titles(&mut self, words: &[Piece<'_>]) {
        words.iter().for_each(|word| push_word(&mut self.title, word.text, " "));
    }

    fn add_suffixes(&mut self, words: &[Piece<'_>]) {
        for (at, word) in words.iter().enumerate() {
            push_word(&mut self.suffix, word.text, if at == 0 { ", " } else { " " });
        }
    }

    /// What stands behind a comma and the whole name: suffixes, and titles among them.
    fn add_behind(&mut self, words: &[Piece<'_>]) {
        let maybe = |word: &Piece<'_>| word.is(MAYBE) && (word.case != Case::Title || !self.given.is_empty());
        let is_title = |word: &&Piece<'_>| word.is(TITLE) && !word.is_suffix() && !maybe(word);
        let titles: Vec<_> = words.iter().filter(is_title).copied().collect();
        let suffixes: Vec<_> = words.iter().filter(|word| !is_title(word)).copied().collect();
        self.add_titles(&titles);
        self.add_suffixes(&suffixes);
    }
}
