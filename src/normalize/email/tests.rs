use super::*;

fn fault(text: &str) -> String {
    Email::new().normalize(text).unwrap_err().to_string()
}

#[test]
fn what_is_right_already_is_borrowed() {
    for text in [
        "a@b.co",
        " <Zhang.San+x@mail.example.com>\t",
        "mailto:a@b.co",
        "邮箱: a@b.co;",
        "王 <a@b.co>",
        "a@b.co; c@d.co",
    ] {
        assert!(matches!(Email::new().normalize(text), Ok(Cow::Borrowed(_))), "{text}");
    }
}

#[test]
fn a_domain_is_written_in_its_script_on_demand() {
    let email = Email::new().unicode_domain();
    assert_eq!(email.normalize("a@bücher.de").unwrap(), "a@bücher.de");
    assert_eq!(email.normalize("a@xn--bcher-kva.de").unwrap(), "a@bücher.de");
    assert_eq!(email.normalize("a@b.de").unwrap(), "a@b.de");
}

#[test]
fn a_line_end_at_either_end_is_a_fault_and_between_addresses_is_none() {
    for text in ["a@b.co\n", "\r\na@b.co", "a@b.co \r\n"] {
        assert_eq!(fault(text), "a line end around the address, which trim takes away");
    }
    assert_eq!(Email::new().normalize("a@b.co\nc@d.co").unwrap(), "a@b.co; c@d.co");
}

#[test]
fn faults_say_what_is_wrong() {
    for (text, expected) in [
        ("", "no @ sign"),
        ("zhang.example.com", "no @ sign"),
        ("zhang(at)example.com", "the @ is written in words"),
        ("a@b.co@d.co", "two @ signs"),
        ("@b.co", "nothing before the @"),
        ("\"\"@b.co", "nothing before the @"),
        ("a@", "nothing after the @"),
        ("a@localhost", "the domain has no dot"),
        ("a@10.0.0.1", "the domain ends in a number"),
        ("a@[10.0.0.1]", "a network address in place of a domain"),
        ("a@[10.0.0.1", "a bracket that is not closed"),
        ("\"a b@c.co", "a quotation mark that is not closed"),
        ("\"a\"b@c.co", "something between the quotes and the @"),
        ("\"a\tb\"@c.co", "a character that does not belong between the quotes"),
        ("Zhang <a@b.co>>", "a bracket that is not opened"),
        ("c@d.co <a@b.co>", "what stands around the address is no name"),
        ("a(b)c@b.co", "`(` before the @"),
        ("a b@c.co", "white space before the @"),
        ("a@c .co", "white space in the domain"),
        ("a,b@c.co", "`,` before the @"),
        ("a@b_c.co", "`_` in the domain"),
        ("a\u{7}@b.co", "a character that does not belong before the @"),
        (".a@b.co", "a dot at the start before the @"),
        ("a@b.co.", "a dot at the end in the domain"),
        ("a@b..co", "two dots in a row in the domain"),
        ("a@\u{200D}.b.co", "not a valid international domain"),
        ("a@\u{FE0F}.b.co", "a dot at the start in the domain"),
        ("a@b.c", "the domain ends in a single letter"),
        ("a@❤.ws", "not a valid international domain"),
        ("\u{202E}a@b.co", "a character that does not belong before the @"),
        ("\u{301}a@b.co", "a combining mark at the start"),
        ("a@-b.co", "a hyphen at the start or end of a part of the domain"),
        ("a@xn--a.co", "not a valid international domain"),
        ("a@ab--c.co", "hyphens where only `xn--` may stand"),
        ("a@b.co; call first", "no @ sign"),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
}

#[test]
fn lengths_are_those_of_the_standards() {
    let local = "a".repeat(64);
    let label = "b".repeat(63);
    assert!(Email::new().normalize(&format!("{local}@{label}.co")).is_ok());
    assert!(Email::new().normalize(&format!("{}@b.co", "张".repeat(64))).is_ok());
    assert_eq!(fault(&format!("{local}a@b.co")), "more than 64 characters before the @");
    assert_eq!(fault(&format!("a@{label}b.co")), "a part of the domain is longer than 63 bytes");
    assert_eq!(fault(&format!("{local}@{label}.{label}.{label}.co")), "longer than 254 bytes");
    for start in ["mailto:", "mail: ", "<", "(a "] {
        assert_eq!(fault(&(start.repeat(200_000) + "a@b.co)")), "too long for an address", "{start}");
    }
    let many: Vec<_> = (0..20_000).map(|number| format!("a{number}@b.co")).collect();
    assert_eq!(Email::new().normalize(&many.join("; ")).unwrap(), many.join("; "));
}

#[test]
fn options_take_what_mailers_at_large_refuse() {
    let email = Email::new().comments().address_literals().dotless();
    for (text, expected) in [
        ("a(work)@b.co", "a@b.co"),
        ("(x)a (y(z)) @(\\)) b.co (end)", "a@b.co"),
        ("a@[010.0.0.1]", ""),
        ("a@[10.0.0.1]", "a@[10.0.0.1]"),
        ("a@[ipv6:2001:DB8:0::1]", "a@[IPv6:2001:db8::1]"),
        ("root@localhost", "root@localhost"),
        ("\"a(b\"@c.co", "\"a(b\"@c.co"),
    ] {
        assert_eq!(email.normalize(text).unwrap_or_default(), expected, "{text}");
    }
    let fault = |text: &str| email.normalize(text).unwrap_err().to_string();
    assert_eq!(fault("a(b)c@d.co"), "a comment in the middle of a word");
    assert_eq!(fault("a(b@d.co"), "a comment that is not closed");
}

#[test]
fn several_addresses_are_joined_refused_or_taken_apart() {
    let refuse = Email::new().several(Several::Refuse);
    assert_eq!(refuse.normalize("a@b.co; c@d.co").unwrap_err().to_string(), "2 addresses where one belongs");
    assert_eq!(refuse.normalize("a@b.co;").unwrap(), "a@b.co");

    let mut addresses = Vec::new();
    Emails::default().split("a@b.co c@d.co", &mut addresses).unwrap();
    assert_eq!(addresses, ["a@b.co", "c@d.co"]);
}

#[test]
fn strictly_nothing_is_repaired() {
    let fault = |text: &str| Email::new().strict().normalize(text).unwrap_err().to_string();
    assert_eq!(fault("a@b.co\n"), "white space around the address");
    assert_eq!(fault("a＠b.co"), "full-width characters");
    assert_eq!(fault("mailto:a@b.co"), "`:` before the @");
    assert_eq!(fault("a@b.co; c@d.co"), "two @ signs");
    assert_eq!(Email::new().strict().normalize("王伟 <Wei@X.cn>").unwrap(), "Wei@x.cn");
}
