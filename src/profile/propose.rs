//! Which field each column of a source is to become.

use serde::Serialize;

use super::conclude::rounded;
use super::header::{key, words};
use super::matching::{self, Candidate, candidates};
use super::meaning::Meaning;
use super::object::{self, Object, Vote};
use super::target::Target;
use super::{ColumnProfile, Profile};
use crate::map::{Mapping, from, join};

/// The score from which a proposal is accepted, unless
/// [`accept_above`](Proposal::accept_above) says otherwise: a name that is known, or one
/// that ends in a known one where the values agree.
pub const ACCEPTED: f64 = 0.75;

/// A second choice is taken where the first is another column's, if it is not
/// much worse and of the same meaning.
const MUCH: f64 = 0.12;
/// How many other fields are told.
const ALTERNATIVES: usize = 3;
/// Values that look like one thing, as a share of all.
const MOST: f64 = 0.5;
const FEW: f64 = 0.1;
/// So many values are enough to contradict a name.
const ENOUGH: usize = 3;
/// Units that amounts are given in.
const UNITS: [&str; 4] = ["万元", "千元", "百万元", "亿元"];

/// What the columns of a source may become, to be looked at, corrected, and
/// made a [`Mapping`].
///
/// Nothing is accepted below [a score](ACCEPTED), no field is given to two columns
/// (but `address.street` and `address.shipping`, into which several are joined), and
/// nothing is lost: columns that are not accepted are kept under their own
/// names, with what they might be as a comment. Empty ones are ignored.
#[derive(Debug, Clone, Serialize)]
pub struct Proposal {
    object: Option<Object>,
    accepted_above: f64,
    columns: Vec<ProposedColumn>,
}

/// What a column may become.
#[derive(Debug, Clone, Serialize)]
pub struct ProposedColumn {
    column: String,
    field: Option<String>,
    score: f64,
    accepted: bool,
    /// The column that has the field.
    taken_by: Option<String>,
    reasons: Vec<String>,
    alternatives: Vec<Alternative>,
    #[serde(skip)]
    is_empty: bool,
}

/// Another field that a column may become.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alternative {
    /// The field.
    pub field: String,
    /// How likely, from 0 to 1.
    pub score: f64,
}

impl ProposedColumn {
    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The field that it most likely is, accepted or not.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// How likely that is, from 0 to 1.
    pub fn score(&self) -> f64 {
        self.score
    }

    /// Whether it goes into the mapping.
    pub fn is_accepted(&self) -> bool {
        self.accepted
    }

    /// The column that has the field already.
    pub fn taken_by(&self) -> Option<&str> {
        self.taken_by.as_deref()
    }

    /// Why: what its name is, what its values look like.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// What else it may be, the likeliest first.
    pub fn alternatives(&self) -> &[Alternative] {
        &self.alternatives
    }

    /// Whether the column has no value at all.
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Why it is not accepted, for people.
    pub(super) fn doubt(&self, accepted_above: f64) -> String {
        match (&self.field, &self.taken_by) {
            (Some(field), Some(other)) => format!("{field} {:.2}, which `{other}` is", self.score),
            (Some(field), None) => format!("perhaps {field} {:.2}, below {accepted_above:.2}", self.score),
            (None, _) => "nothing is known by this name".to_owned(),
        }
    }
}

impl Mapping {
    /// Proposes what the columns of a source become in a target, by their
    /// names, their values, and what the records are about.
    ///
    /// See [`profile`](crate::profile) for an example.
    pub fn propose(profile: &Profile, target: &Target) -> Proposal {
        propose(profile, target)
    }
}

impl Proposal {
    /// What the records are about, where the columns tell.
    pub fn object(&self) -> Option<Object> {
        self.object
    }

    /// The columns of the source, in order.
    pub fn columns(&self) -> &[ProposedColumn] {
        &self.columns
    }

    /// Accepts all proposals of this score or above, and no other.
    #[must_use]
    pub fn accept_above(mut self, score: f64) -> Self {
        self.accepted_above = score;
        for column in &mut self.columns {
            column.accepted = column.field.is_some() && column.taken_by.is_none() && column.score >= score;
        }
        self
    }

    pub(super) fn accepted_above(&self) -> f64 {
        self.accepted_above
    }

    /// The fields that are accepted, each with its columns, in the order of the first of them.
    pub(super) fn accepted(&self) -> Vec<(&str, Vec<&ProposedColumn>)> {
        let mut fields: Vec<(&str, Vec<&ProposedColumn>)> = Vec::new();
        for column in self.columns.iter().filter(|column| column.accepted) {
            let Some(field) = column.field() else { continue };
            match fields.iter_mut().find(|(known, _)| *known == field) {
                Some((_, columns)) => columns.push(column),
                None => fields.push((field, vec![column])),
            }
        }
        fields
    }

    /// The name under which a column is kept: its own, unless a field has it.
    pub(super) fn kept_as(&self, column: &ProposedColumn) -> String {
        let accepted = self.accepted();
        let is_taken = |name: &str| {
            accepted.iter().any(|(field, _)| *field == name)
                || self.columns.iter().any(|other| other.column == name && other.column != column.column)
        };
        let mut name = column.column.clone();
        while is_taken(&name) {
            name.insert_str(0, "source.");
        }
        name
    }

    /// The mapping of all that is accepted; what is not is kept under its own
    /// name, and empty columns are ignored.
    pub fn into_mapping(self) -> Mapping {
        let mut mapping = Mapping::new();
        for (field, columns) in self.accepted() {
            let names: Vec<&str> = columns.iter().map(|column| column.column()).collect();
            mapping = match names.as_slice() {
                [one] => mapping.field(field, from(*one)),
                several => mapping.field(field, join(several.to_vec(), ", ")),
            };
        }
        for column in self.columns.iter().filter(|column| !column.accepted) {
            mapping = match column.is_empty {
                true => mapping.ignore(column.column()),
                false => mapping.rename(column.column(), &self.kept_as(column)),
            };
        }
        mapping
    }
}

pub(super) fn propose(profile: &Profile, target: &Target) -> Proposal {
    let names = || profile.columns.iter().map(|column| column.name.as_str());
    let is_pinyin = matching::is_pinyin(names(), target);
    let object = target.is_canonical.then(|| object_of(profile, target)).flatten();
    let has_person = object == Some(Object::Account) && names().any(object::is_somebody);
    let around = Around { object, is_pinyin, has_person };
    let is_whole = |name: &str| !matching::is_part(name, names());
    let weigh = |column: &ColumnProfile| match is_whole(&column.name) {
        true => weighed(column, target, &around),
        false => Vec::new(),
    };
    let found: Vec<Vec<Candidate>> = profile.columns.iter().map(weigh).collect();
    let columns = assigned(profile, target, &found);
    Proposal { object, accepted_above: ACCEPTED, columns }.accept_above(ACCEPTED)
}

/// What the columns say together.
struct Around {
    object: Option<Object>,
    /// Names are in pinyin.
    is_pinyin: bool,
    /// Rows about a company name a person: then the e-mail address is the person's.
    has_person: bool,
}

/// What the records are about.
fn object_of(profile: &Profile, target: &Target) -> Option<Object> {
    let mut vote = Vote::default();
    let path = profile.source.replace('\\', "/");
    let file = path.rsplit('/').next().unwrap_or_default();
    vote.file(&words(file.rsplit_once('.').map_or(file, |(stem, _)| stem)));
    for column in &profile.columns {
        let found = candidates(&column.name, target, None, false);
        let best = found.first().map_or(0.0, |best| best.score);
        // What means nearly anything says nearly nothing.
        if matching::is_generic(&column.name) {
            continue;
        }
        let likely: Vec<&str> = found
            .iter()
            .filter(|candidate| best >= 0.8 && candidate.score >= best - 0.04)
            .map(|candidate| &*target.fields[candidate.field].name)
            .collect();
        if likely.contains(&"record_id") {
            vote.keys(column.keys.iter().map(|value| &*value.0));
        }
        vote.column(&likely);
        vote.name(&words(&column.name), &key(&column.name));
    }
    vote.decide()
}

/// The fields that a column may become, by its name and then by its values.
fn weighed(column: &ColumnProfile, target: &Target, around: &Around) -> Vec<Candidate> {
    let mut found = candidates(&column.name, target, around.object, around.is_pinyin);
    if found.is_empty() {
        return nameless(column, target);
    }
    for candidate in &mut found {
        let field = &target.fields[candidate.field];
        if let Some(meaning) = field.meaning {
            by_values(candidate, column, meaning);
        }
        if let (Some(Meaning::Amount), Some(unit)) =
            (field.meaning, UNITS.iter().find(|unit| column.name.contains(**unit)))
        {
            candidate.reason.push_str(&format!("; in units of {unit}"));
        }
        if around.has_person && *field.name == *"account.email" {
            candidate.score -= 0.06;
        }
    }
    if column.shares.mobile_share() >= 0.9
        && column.shares.values >= ENOUGH
        && matching::is_any_phone(&column.name)
    {
        let best =
            found.iter().find(|candidate| target.fields[candidate.field].meaning == Some(Meaning::Phone));
        let mobile = target.fields.iter().position(|field| *field.name == *"person.mobile");
        if let (Some(score), Some(mobile)) = (best.map(|best| best.score), mobile) {
            matching::offer(&mut found, mobile, score + 0.01, || "the values are mobile numbers".to_owned());
        }
    }
    found.retain(|candidate| candidate.score >= 0.3);
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.field.cmp(&b.field)));
    found
}

/// Raises or lowers a score by what the values look like.
fn by_values(candidate: &mut Candidate, column: &ColumnProfile, meaning: Meaning) {
    let shares = &column.shares;
    if shares.values < 1 {
        return;
    }
    let plain = [Meaning::Email, Meaning::Phone, Meaning::Url, Meaning::Date, Meaning::DateTime];
    let share = match meaning {
        Meaning::Date | Meaning::DateTime => shares.share(Meaning::Date) + shares.share(Meaning::DateTime),
        Meaning::Amount | Meaning::Number | Meaning::Percent => {
            shares.numeric_share().max(shares.share(meaning))
        }
        _ => shares.share(meaning),
    };
    let seen =
        shares.most().filter(|(seen, share)| plain.contains(seen) && *share >= 0.8).map(|(seen, _)| seen);
    let is_judged = plain.contains(&meaning) && shares.values >= ENOUGH;
    let may_be = |seen| match meaning {
        Meaning::Owner | Meaning::Person => matches!(seen, Meaning::Email),
        Meaning::Url => matches!(seen, Meaning::Email),
        Meaning::Handle => true,
        Meaning::Date | Meaning::DateTime => matches!(seen, Meaning::Date | Meaning::DateTime),
        // Keys and amounts may look like anything of digits; free text is free.
        Meaning::Id | Meaning::Text | Meaning::Number | Meaning::Amount | Meaning::CreditCode => {
            seen != Meaning::Email
        }
        meaning => meaning == seen,
    };
    if share >= MOST {
        candidate.score = (candidate.score + 0.05).min(1.0);
        candidate.reason.push_str(&format!("; {:.0} % of the values look like it", share * 100.0));
    } else if seen.is_some_and(|seen| !may_be(seen)) {
        candidate.score -= 0.35;
        candidate.reason.push_str("; but the values look like something else");
    } else if is_judged && share <= FEW && !matches!(meaning, Meaning::Url | Meaning::Phone) {
        candidate.score -= 0.15;
        candidate.reason.push_str("; but the values do not look like it");
    }
}

/// What the values alone say of a column whose name says nothing.
fn nameless(column: &ColumnProfile, target: &Target) -> Vec<Candidate> {
    let Some((seen, share)) = column.shares.most().filter(|(_, share)| *share >= 0.8) else {
        return Vec::new();
    };
    let field = match seen {
        Meaning::Email => "person.email",
        Meaning::Phone if column.shares.mobile_share() >= 0.8 => "person.mobile",
        Meaning::Phone => "person.phone",
        Meaning::Url => "account.website",
        Meaning::Company => "account.name",
        Meaning::Person => "person.full_name",
        Meaning::Address => "address.full",
        Meaning::CreditCode => "account.credit_code",
        _ => return Vec::new(),
    };
    let reason = format!("{:.0} % of the values look like it, the name says nothing", share * 100.0);
    let place = target.fields.iter().position(|known| *known.name == *field);
    place.map(|field| Candidate { field, score: 0.6 * share, reason }).into_iter().collect()
}

/// Gives each field to the column that it fits best.
fn assigned(profile: &Profile, target: &Target, found: &[Vec<Candidate>]) -> Vec<ProposedColumn> {
    let mut pairs: Vec<(usize, &Candidate)> = found
        .iter()
        .enumerate()
        .flat_map(|(at, found)| found.iter().map(move |candidate| (at, candidate)))
        .collect();
    let is_empty = |at: usize| profile.columns[at].filled == 0 && profile.records > 0;
    // Of equal scores a column with values comes before one without, then the one that stands first.
    pairs.sort_by(|(a, one), (b, other)| {
        other.score.total_cmp(&one.score).then(is_empty(*a).cmp(&is_empty(*b))).then(a.cmp(b))
    });
    let mut owners: Vec<Option<usize>> = vec![None; target.fields.len()];
    let mut chosen: Vec<Option<&Candidate>> = vec![None; found.len()];
    for (at, candidate) in pairs {
        let Some(best) = found[at].first() else { continue };
        let (field, first) = (&target.fields[candidate.field], &target.fields[best.field]);
        let is_near = candidate.score >= best.score - MUCH && field.meaning == first.meaning;
        let name = &field.name;
        let is_free = owners[candidate.field].is_none() || matching::joins(name) && target.is_canonical;
        if chosen[at].is_none() && is_free && is_near {
            owners[candidate.field] = Some(at);
            chosen[at] = Some(candidate);
        }
    }
    let columns = profile.columns.iter().zip(found).zip(chosen);
    columns
        .map(|((column, found), chosen)| proposed(profile, target, column, found, chosen, &owners))
        .collect()
}

fn proposed(
    profile: &Profile,
    target: &Target,
    column: &ColumnProfile,
    found: &[Candidate],
    chosen: Option<&Candidate>,
    owners: &[Option<usize>],
) -> ProposedColumn {
    let best = chosen.or(found.first());
    let name = |field: usize| target.fields[field].name.to_string();
    let taken = best.filter(|_| chosen.is_none()).and_then(|best| owners[best.field]);
    let others = found.iter().filter(|other| best.is_none_or(|best| best.field != other.field));
    ProposedColumn {
        column: column.name.clone(),
        field: best.map(|best| name(best.field)),
        score: best.map_or(0.0, |best| rounded(best.score.clamp(0.0, 1.0))),
        accepted: false,
        taken_by: taken.map(|at| profile.columns[at].name.clone()),
        reasons: best.map(|best| best.reason.split("; ").map(str::to_owned).collect()).unwrap_or_default(),
        alternatives: others
            .take(ALTERNATIVES)
            .map(|other| Alternative {
                field: name(other.field),
                score: rounded(other.score.clamp(0.0, 1.0)),
            })
            .collect(),
        is_empty: column.filled == 0,
    }
}
