//! How unlike two strings are.
