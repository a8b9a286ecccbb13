//! `gonogo verify`.

use serde_json::json;

use super::{
    Exit,
    options::{OutputFormat, VerifyArgs},
    output::{print, print_json, say},
};
use gonogo_app::{self as app, AppError, Archive, ChainProof, LaunchSelection, prove_export};
use gonogo_text::clean;

/// Walks the chains. 0: all are whole; 4: one is not, and its first broken entry is named.
pub(super) fn run(args: &VerifyArgs) -> Result<Exit, AppError> {
    let proofs = match &args.export {
        Some(file) => vec![prove_export(file)?],
        None => {
            let archive = Archive::find(args.store.journal.as_deref(), args.store.settings.as_deref())?;
            let only = of_folder(args)?.or_else(|| args.only.clone());
            archive.remarks().iter().for_each(|remark| say(remark));
            archive.prove(only.as_deref(), args.kept)?
        }
    };
    let whole = proofs.iter().all(|it| it.chain.is_ok());
    let exit = if whole { Exit::Go } else { Exit::Internal };
    Ok(match args.format {
        OutputFormat::Text if proofs.is_empty() => print("ok: it holds no launch\n", exit),
        OutputFormat::Text => print(&proofs.iter().map(line).collect::<String>(), exit),
        OutputFormat::Json => print_json(&page(&proofs), exit),
    })
}

/// The id of the launch in the folder that was named, if one was.
fn of_folder(args: &VerifyArgs) -> Result<Option<String>, AppError> {
    let Some(path) = args.path.clone().or_else(|| args.launch.clone()) else { return Ok(None) };
    let chosen = LaunchSelection {
        path: Some(path),
        settings: args.store.settings.clone(),
        ..LaunchSelection::default()
    };
    Ok(Some(app::open(chosen)?.loaded.launch.id.to_string()))
}

/// One chain in a line.
pub(super) fn line(proof: &ChainProof) -> String {
    let launch = clean(&proof.launch);
    match &proof.chain {
        Ok(head) => format!("ok: {launch}: {} entries, head {head}\n", head.seq),
        Err(broken) => format!("BROKEN: {launch}: {}\n", clean(&broken.why)),
    }
}

fn page(proofs: &[ChainProof]) -> String {
    let chains = proofs.iter().map(|it| {
        let (head, broken) = (it.chain.as_ref().ok(), it.chain.as_ref().err());
        json!({
            "launch": clean(&it.launch), "whole": broken.is_none(), "entries": head.map(|head| head.seq),
            "head": head.map(ToString::to_string), "broken_entry": broken.and_then(|it| it.entry),
            "why": broken.map(|it| clean(&it.why)),
        })
    });
    let chains: Vec<_> = chains.collect();
    let whole = proofs.iter().all(|it| it.chain.is_ok());
    format!("{{\n  \"whole\": {whole},\n  \"chains\": {},\n  \"complete\": true\n}}\n", json!(chains))
}
