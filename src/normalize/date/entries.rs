//! Dates as programs and their users ask for them: `date:dmy,pivot=30`.

use super::{Calendar, Dates, Epoch, Order};
use crate::error::Result;
use crate::normalize::Normalizer;
use crate::normalize::catalogue::{Entry, Options};

const OPTIONS: &str = "dmy, mdy or ymd (or order=DMY), pivot=50 (years of two digits from there on are of the 20th \
century), excel or epoch=1900 or epoch=1904, unix, calendar=gregorian|minguo|buddhist, assume=Asia/Shanghai (the zone of \
times that say none), into=UTC (the zone to write times in), tz=UTC (both), partial (2024-03 and 2024 may stay), weekday \
(must be right)";

/// `date` and `datetime`.
pub(in crate::normalize) const ENTRIES: &[Entry] = &[
    Entry {
        name: "date",
        about: "a day as 2024-03-04, of any way to write it; the order of 03/04/2024 as told, or as the column has it",
        options: OPTIONS,
        example: ["date:dmy", "4/3/2024", "2024-03-04"],
        make: |options| made(Dates::date(), options),
    },
    Entry {
        name: "datetime",
        about: "a day and its time as 2024-03-04T05:06:07+08:00, without what is not there",
        options: OPTIONS,
        example: ["datetime:tz=Asia/Shanghai", "2024年3月4日 下午2:05", "2024-03-04T14:05:00+08:00"],
        make: |options| made(Dates::date_time(), options),
    },
];

fn made(dates: Dates, options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let dates = options.pairs().try_fold(dates, |dates, (key, value)| option(dates, key, value, options))?;
    Ok(Box::new(dates))
}

fn option(dates: Dates, key: &str, value: &str, options: &Options<'_>) -> Result<Dates> {
    let refuse = || match value {
        "" => options.refuse(key),
        value => options.refuse(&format!("{key}={value}")),
    };
    Ok(match (key.to_ascii_lowercase().as_str(), value) {
        ("order", "auto" | "unknown") => dates,
        ("order", order) => dates.order(Order::parse(order).ok_or_else(refuse)?),
        (order, "") if Order::parse(order).is_some() => dates.order(Order::parse(order).ok_or_else(refuse)?),
        ("pivot", year) => dates.pivot(year.parse().ok().filter(|year| *year <= 100).ok_or_else(refuse)?),
        ("excel", "") | ("excel" | "epoch", "1900") => dates.excel(Epoch::Y1900),
        ("excel" | "epoch", "1904") => dates.excel(Epoch::Y1904),
        ("unix", "") | ("epoch", "unix") => dates.unix(),
        ("calendar", calendar) => dates.calendar(match calendar.to_ascii_lowercase().as_str() {
            "gregorian" => Calendar::Gregorian,
            "minguo" | "roc" => Calendar::Minguo,
            "buddhist" => Calendar::Buddhist,
            _ => return Err(refuse()),
        }),
        ("minguo" | "roc", "") => dates.calendar(Calendar::Minguo),
        ("buddhist", "") => dates.calendar(Calendar::Buddhist),
        ("assume", zone) => dates.assume(zone)?,
        ("into", zone) => dates.in_zone(zone)?,
        ("tz", zone) => dates.zone(zone)?,
        ("partial", _) => dates.partial(),
        ("weekday", "") => dates.check_weekday(),
        _ => return Err(refuse()),
    })
}
