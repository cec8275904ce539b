//! Which object the records of a file are: an account, a contact, a deal.

use std::fmt;

use serde::Serialize;

use super::header::key;

/// What a record of the file is about, which decides what `name` and `status` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Object {
    /// A company.
    Account,
    /// A person.
    Contact,
    /// Somebody who may become a customer.
    Lead,
    /// An opportunity to sell.
    Deal,
    /// A call, a meeting, a task, a note.
    Activity,
    /// Somebody who works with the CRM.
    User,
}

use Object::*;

const OBJECTS: [Object; 6] = [Account, Contact, Lead, Deal, Activity, User];

impl Object {
    /// Several of them, in words.
    pub(super) fn plural(self) -> String {
        match self {
            Activity => "activities".to_owned(),
            object => format!("{object}s"),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Account => "account",
            Contact => "contact",
            Lead => "lead",
            Deal => "deal",
            Activity => "activity",
            User => "user",
        })
    }
}

/// Fields that a record of hardly another object has, and what they weigh.
#[rustfmt::skip]
const TELLING: &[(&str, Object, f64)] = &[
    ("account.credit_code", Account, 2.0), ("account.pool", Account, 2.0), ("account.deal_status", Account, 2.0),
    ("account.employees", Account, 1.0), ("account.annual_revenue", Account, 1.0), ("account.ownership", Account, 1.5),
    ("account.ticker", Account, 2.0), ("account.parent", Account, 1.0), ("account.site", Account, 1.0), ("account.type", Account, 1.0),
    ("address.shipping", Account, 1.0), ("account.level", Account, 0.7), ("account.number", Account, 1.0), ("account.industry", Account, 0.5),
    ("account.source", Account, 0.7), ("account.name", Account, 0.8), ("account.status", Account, 0.5), ("account.industry_sub", Account, 1.0),
    ("person.last_name", Contact, 2.0), ("person.first_name", Contact, 2.0), ("person.salutation", Contact, 1.5),
    ("person.birthday", Contact, 2.0), ("person.home_phone", Contact, 2.0), ("person.reports_to", Contact, 2.5),
    ("person.assistant", Contact, 2.0), ("person.gender", Contact, 1.5), ("person.title", Contact, 1.0), ("person.full_name", Contact, 1.0),
    ("person.mobile", Contact, 0.7), ("person.wechat", Contact, 0.7), ("person.is_primary", Contact, 2.0), ("person.account", Contact, 0.3),
    ("person.email", Contact, 0.5), ("person.email_secondary", Contact, 1.0), ("person.department", Contact, 0.5),
    ("lead.status", Lead, 1.5), ("lead.pool", Lead, 5.0), ("lead.converted", Lead, 4.0),
    ("lead.rating", Lead, 1.0), ("lead.close_reason", Lead, 4.0), ("lead.campaign", Lead, 0.5), ("lead.company", Lead, 0.3),
    ("deal.name", Deal, 3.0), ("deal.stage", Deal, 3.0), ("deal.amount", Deal, 3.0), ("deal.probability", Deal, 3.0),
    ("deal.close_date", Deal, 3.0), ("deal.number", Deal, 3.0), ("deal.pipeline", Deal, 2.0), ("deal.lost_reason", Deal, 2.5),
    ("deal.expected_revenue", Deal, 2.0), ("deal.status", Deal, 2.0), ("deal.forecast", Deal, 2.0), ("deal.next_step", Deal, 1.0),
    ("deal.currency", Deal, 0.7), ("deal.type", Deal, 0.7), ("deal.products", Deal, 0.7), ("deal.competitor", Deal, 1.5),
    ("activity.subject", Activity, 3.0), ("activity.body", Activity, 2.0), ("activity.kind", Activity, 2.0),
    ("activity.occurred_at", Activity, 2.5), ("activity.due_at", Activity, 2.5), ("activity.duration", Activity, 3.0),
    ("activity.direction", Activity, 3.0), ("activity.outcome", Activity, 3.0), ("activity.related_to", Activity, 3.0),
    ("activity.related_person", Activity, 3.0), ("activity.participants", Activity, 3.0), ("activity.end_at", Activity, 2.0),
    ("activity.priority", Activity, 1.0), ("activity.location", Activity, 1.5),
];

/// Names that only users have.
const OF_USERS: &[&str] = &[
    "username",
    "alias",
    "isactive",
    "工号",
    "员工编号",
    "登录名",
    "profileid",
    "userroleid",
    "federationid",
];

/// Words in the names of files, columns and keys that name an object.
#[rustfmt::skip]
const WORDS: &[(&str, Object)] = &[
    ("account", Account), ("accounts", Account), ("company", Account), ("companies", Account), ("organization", Account),
    ("organizations", Account), ("客户", Account), ("公司", Account), ("企业", Account), ("acct", Account), ("accts", Account),
    ("contact", Contact), ("contacts", Contact), ("people", Contact), ("person", Contact), ("addressbook", Contact), ("联系人", Contact),
    ("lead", Lead), ("leads", Lead), ("prospects", Lead), ("线索", Lead), ("潜在客户", Lead),
    ("deal", Deal), ("deals", Deal), ("opportunity", Deal), ("opportunities", Deal), ("商机", Deal), ("业务机会", Deal), ("机会", Deal),
    ("activity", Activity), ("activities", Activity), ("task", Activity), ("tasks", Activity), ("event", Activity), ("events", Activity),
    ("call", Activity), ("calls", Activity), ("meeting", Activity), ("meetings", Activity), ("跟进", Activity), ("拜访", Activity), ("任务", Activity),
    ("user", User), ("users", User), ("员工", User),
];

/// How keys of Salesforce begin.
const PREFIXES: [(&str, Object); 7] = [
    ("001", Account),
    ("003", Contact),
    ("00Q", Lead),
    ("006", Deal),
    ("00T", Activity),
    ("00U", Activity),
    ("005", User),
];

/// What an object must have for it.
const ENOUGH: f64 = 1.2;

/// Gathers what speaks for each object.
#[derive(Default)]
pub(super) struct Vote {
    weights: [f64; OBJECTS.len()],
    /// What speaks for contacts by their very name.
    named_contacts: f64,
}

/// Names of the person in a row about a company.
const SOMEBODY: &[&str] =
    &["联系人", "联系人姓名", "主联系人", "联络人", "contactperson", "contactname", "maincontact"];

impl Vote {
    fn add(&mut self, object: Object, weight: f64) {
        self.weights[object as usize] += weight;
    }

    /// A column whose name means one of these fields; of several fields each counts less.
    pub fn column(&mut self, fields: &[&str]) {
        let told = fields.iter().filter_map(|field| TELLING.iter().find(|(known, ..)| known == field));
        let told: Vec<_> = told.collect();
        for (_, object, weight) in &told {
            let others = fields
                .iter()
                .any(|field| TELLING.iter().all(|(known, of, _)| known != field || of != object));
            self.add(*object, weight / fields.len() as f64 * if others { 0.5 } else { 1.0 });
        }
    }

    /// The words of a column's name: `Lead Owner`, `线索编号`; and the names that only users have.
    pub fn name(&mut self, words: &[String], key: &str) {
        if OF_USERS.contains(&key) {
            self.add(User, 2.0);
        }
        if SOMEBODY.contains(&key) {
            self.add(Account, 1.5);
        }
        let last = words.last().map_or("", String::as_str);
        let is_whose = ["id", "owner"].contains(&last)
            || ["编号", "所有人", "所有者", "负责人"].iter().any(|end| key.ends_with(end));
        let is_own = is_whose
            || ["number", "no", "status", "stage", "type"].contains(&last)
            || ["状态", "级别", "类型", "名称", "阶段"].iter().any(|end| key.ends_with(end));
        let first = words.first().map_or("", String::as_str);
        let named = WORDS
            .iter()
            .filter(|(word, _)| if word.is_ascii() { first == *word } else { key.starts_with(word) });
        if let Some((_, object)) = named.max_by_key(|(word, _)| word.len())
            && is_own
            && words.len() + key.chars().filter(|c| !c.is_ascii()).count() > 1
        {
            // Accounts are referred to from everywhere.
            let weight = match object {
                Account => 0.5,
                _ if is_whose => 3.0,
                _ => 1.5,
            };
            self.add(*object, weight);
            self.named_contacts += if *object == Contact { weight } else { 0.0 };
        }
    }

    /// The name of the file.
    pub fn file(&mut self, words: &[String]) {
        for word in words {
            let named = WORDS
                .iter()
                .filter(|(known, _)| if known.is_ascii() { word == known } else { word.contains(known) });
            for (_, object) in named {
                self.add(*object, 1.0);
            }
        }
    }

    /// The values of the column that holds the records' own keys.
    pub fn keys<'v>(&mut self, values: impl Iterator<Item = &'v str>) {
        let values: Vec<&str> = values.take(20).collect();
        for (prefix, object) in PREFIXES {
            let is_key = |value: &&str| matches!(value.len(), 15 | 18) && value.starts_with(prefix);
            if !values.is_empty() && values.iter().all(is_key) {
                self.add(object, 5.0);
            }
        }
    }

    /// What has the most for it, if it has enough.
    pub fn decide(&self) -> Option<Object> {
        let mut weights = self.weights;
        // Leads are people too: what speaks for a contact speaks for a lead, once something else does.
        if weights[Lead as usize] >= ENOUGH {
            weights[Lead as usize] += 0.9 * (weights[Contact as usize] - self.named_contacts);
        }
        let best = |a: &Object, b: &Object| weights[*a as usize].total_cmp(&weights[*b as usize]);
        let best = OBJECTS.into_iter().rev().max_by(best)?;
        let next =
            OBJECTS.into_iter().filter(|object| *object != best).map(|object| weights[object as usize]);
        let weight = weights[best as usize];
        (weight >= ENOUGH && weight > next.fold(0.0, f64::max)).then_some(best)
    }
}

/// Whether a column names the person in a row about a company.
pub(super) fn is_somebody(name: &str) -> bool {
    SOMEBODY.contains(&key(name).as_str())
}

/// Whether a key names an object that is not this one: `accountid` among deals.
pub(super) fn names_another(key: &str, object: Object) -> bool {
    let named = WORDS.iter().filter(|(word, _)| key.starts_with(word)).max_by_key(|(word, _)| word.len());
    named.is_some_and(|(_, named)| *named != object)
}

/// How well fields of a group go with records of an object; `group` is the
/// part before the dot, empty for what all objects have.
pub(super) fn fitness(object: Object, group: &str) -> f64 {
    match (object, group) {
        (Account, "account" | "address") => 1.0,
        (Account, "") => 0.99,
        (Account, "person") => 0.95,
        (Account, "lead" | "deal") => 0.7,
        (Contact, "person" | "address") => 1.0,
        (Contact, "") => 0.99,
        (Contact, "account") => 0.9,
        (Contact, "lead") => 0.93,
        (Lead, "lead") => 1.0,
        (Lead, "person" | "address") => 0.98,
        (Lead, "") => 0.97,
        (Lead, "account") => 0.93,
        (Lead, "deal") => 0.7,
        (Deal, "deal") => 1.0,
        (Deal, "") => 0.98,
        (Deal, "lead") => 0.93,
        (Deal, "person" | "account" | "address") => 0.7,
        (Activity, "activity") => 1.0,
        (Activity, "") => 0.97,
        (User, "person" | "") => 1.0,
        _ => 0.6,
    }
}

/// Whether a field has no place in records of an object, unless its name leaves no doubt.
pub(super) fn is_out_of_place(object: Object, field: &str) -> bool {
    match object {
        Account => matches!(
            field,
            "person.account" | "person.department" | "deal.account" | "lead.company" | "lead.status"
        ),
        Contact => matches!(
            field,
            "account.status"
                | "account.type"
                | "account.name"
                | "account.number"
                | "account.lifecycle_stage"
                | "lead.company"
                | "lead.status"
                | "account.phone"
                | "account.email"
                | "account.fax"
                | "account.source"
                | "account.site"
                | "account.parent"
                | "lead.rating"
        ),
        Lead => matches!(
            field,
            "account.type"
                | "account.name"
                | "account.number"
                | "account.status"
                | "person.account"
                | "account.phone"
                | "account.email"
                | "account.fax"
                | "account.source"
                | "account.level"
                | "account.lifecycle_stage"
                | "account.parent"
                | "account.site"
        ),
        Deal => matches!(
            field,
            "account.name"
                | "person.account"
                | "lead.company"
                | "account.type"
                | "account.status"
                | "lead.status"
                | "account.source"
                | "account.level"
                | "person.full_name"
                | "account.phone"
                | "account.number"
                | "account.lifecycle_stage"
                | "lead.rating"
        ),
        Activity => !field.starts_with("activity.") && field.contains('.'),
        User => !field.starts_with("person.") && field.contains('.') || field == "person.account",
    }
}
