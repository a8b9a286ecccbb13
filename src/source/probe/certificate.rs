//! The end of a certificate's life: the one field that is read out of it. The TLS library has verified the certificate;
//! this only finds a date in it, so a reader of a few lines does and a parser crate is not worth its tree.

use chrono::{DateTime, NaiveDate, Utc};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `notAfter` of a certificate in DER (RFC 5280, 4.1); none for what is not laid out as one.
pub(super) fn not_after(der: &[u8]) -> Option<DateTime<Utc>> {
    let (certificate, _) = take(der, SEQUENCE)?;
    let (mut rest, _) = take(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = take(rest, VERSION)?.1;
    }
    let (_, rest) = take(rest, INTEGER)?;
    let (_, rest) = take(rest, SEQUENCE)?; // signature algorithm
    let (_, rest) = take(rest, SEQUENCE)?; // issuer
    let (validity, _) = take(rest, SEQUENCE)?;
    let (_, rest) = element(validity)?; // notBefore
    let (tag, text) = (*rest.first()?, element(rest)?.0);
    time(tag, std::str::from_utf8(text).ok()?)
}

/// The content of an element with this tag, and what follows it.
fn take(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    if *der.first()? == tag { element(der) } else { None }
}

/// The content of an element, and what follows it. Only definite lengths: DER has no others.
fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, start) = match *der.get(1)? {
        short @ 0..=0x7f => (usize::from(short), 2),
        long @ 0x81..=0x83 => {
            let bytes = usize::from(long & 0x7f);
            let digits = der.get(2..2 + bytes)?;
            (digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit)), 2 + bytes)
        }
        _ => return None,
    };
    let end = start.checked_add(length)?;
    Some((der.get(start..end)?, &der[end..]))
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`; two digits mean 1950 to 2049 (RFC 5280, 4.1.2.5).
fn time(tag: u8, text: &str) -> Option<DateTime<Utc>> {
    let digits = text.strip_suffix('Z').filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year: i32 = digits[..2].parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let part = |at: usize| rest[at..at + 2].parse::<u32>().ok();
    let day = NaiveDate::from_ymd_opt(year, part(0)?, part(2)?)?;
    Some(day.and_hms_opt(part(4)?, part(6)?, part(8)?)?.and_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        match content.len() {
            short @ 0..=0x7f => out.push(u8::try_from(short).unwrap()),
            long => out.extend([0x82, u8::try_from(long >> 8).unwrap(), u8::try_from(long & 0xff).unwrap()]),
        }
        out.extend(content);
        out
    }

    fn certificate(version: bool, tag: u8, ends: &str) -> Vec<u8> {
        let validity = [wrap(UTC_TIME, b"250101000000Z"), wrap(tag, ends.as_bytes())].concat();
        let version = if version { wrap(VERSION, &wrap(INTEGER, &[2])) } else { Vec::new() };
        let parts = [
            version,
            wrap(INTEGER, &[1, 2, 3]),
            wrap(SEQUENCE, &[0; 9]),
            wrap(SEQUENCE, &[0; 300]),
            wrap(SEQUENCE, &validity),
            wrap(SEQUENCE, &[0; 20]),
        ];
        wrap(SEQUENCE, &wrap(SEQUENCE, &parts.concat()))
    }

    fn read(version: bool, tag: u8, ends: &str) -> Option<String> {
        not_after(&certificate(version, tag, ends)).map(|at| at.to_rfc3339())
    }

    #[test]
    fn both_forms_of_time_and_both_versions_are_read() {
        assert_eq!(read(true, UTC_TIME, "261202090000Z").unwrap(), "2026-12-02T09:00:00+00:00");
        assert_eq!(read(false, UTC_TIME, "491231235959Z").unwrap(), "2049-12-31T23:59:59+00:00");
        assert_eq!(read(true, UTC_TIME, "500101000000Z").unwrap(), "1950-01-01T00:00:00+00:00");
        assert_eq!(read(true, GENERALIZED_TIME, "99991231235959Z").unwrap(), "9999-12-31T23:59:59+00:00");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for (tag, ends) in [
            (UTC_TIME, "261302090000Z"),
            (UTC_TIME, "260230090000Z"),
            (UTC_TIME, "2612020900Z"),
            (UTC_TIME, "261202090000+0100"),
            (GENERALIZED_TIME, "261202090000Z"),
            (GENERALIZED_TIME, "20261202090000.5Z"),
            (INTEGER, "261202090000Z"),
        ] {
            assert_eq!(read(true, tag, ends), None, "{ends}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..400, flip in any::<u8>()) {
            let _ = not_after(&bytes);
            let mut real = certificate(true, UTC_TIME, "261202090000Z");
            let at = at % real.len();
            real[at] = flip;
            let _ = not_after(&real);
            let _ = not_after(&real[..at]);
        }
    }
}
