//! `gonogo trust`.

use super::{
    Exit,
    options::TrustArgs,
    output::{print, say},
    typed,
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError};

/// Shows what would be allowed, asks, and remembers the answer for exactly these files.
pub(super) fn run(args: TrustArgs) -> Result<Exit, AppError> {
    refuse("trust is about the files of a launch", &origins(&args.launch))?;
    let opened = app::open(args.launch.into())?;
    if args.revoke {
        let was = app::distrust(&opened)?;
        return Ok(print(if was { "no longer trusted\n" } else { "it was not trusted\n" }, Exit::Go));
    }
    let grants = app::grants(&opened)?;
    say(&format!("Trusting this launch allows its gates to do the following on this machine,\n{grants}"));
    if !(args.yes || confirmed()) {
        say("not trusted; type yes, or use --yes where nobody can be asked");
        return Ok(Exit::Input);
    }
    let digest = app::trust(&opened, grants, args.allow_untrusted_checklist)?;
    Ok(print(&format!("trusted {}; any change to these files ends it\n", digest.short()), Exit::Go))
}

fn confirmed() -> bool {
    typed::word("Trust it? Type yes:").is_some_and(|answer| answer.trim() == "yes")
}
