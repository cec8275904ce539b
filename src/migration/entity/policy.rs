//! What may be written over what.

/// What happens to a record that has a row in the target, or has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WritePolicy {
    /// A row is made, or the one that is there is changed.
    #[default]
    Upsert,
    /// A row is made; one that is there is left alone.
    CreateOnly,
    /// A row that is there is changed; a record without one is rejected.
    UpdateOnly,
    /// Nothing is written: a row must be there, and others can refer to it. For users, who
    /// are made by other hands.
    LinkOnly,
}

/// What happens to one field of a row that is there. An empty value of the
/// source clears nothing, unless the entity [says so](super::Entity::clear_with_empty).
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FieldPolicy {
    /// The source's value takes its place.
    #[default]
    Overwrite,
    /// The source's value is written only where the target has none.
    FillEmpty,
    /// It is written into new rows, and never again.
    NeverOverwrite,
    /// The source's value is put behind what is there, with this between them, unless it is in it already.
    Append(String),
}
