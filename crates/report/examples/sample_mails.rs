//! Writes sample mails (HTML, text), CSV and XLSX to a folder, to be looked at:
//! `cargo run -p rollcall-report --example sample_mails -- FOLDER`.

use rollcall_report::{FileForm, Mode, PlanReport, Report, RunReport, TemplateTexts, Templates, report_file};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let templates = Templates::new(TemplateTexts::default())?;
    for accounts in [0, 1, 41, 100_000] {
        let test = RunReport::sample_of(Mode::Test, accounts);
        let live = RunReport::sample_of(Mode::Live, accounts);
        let plan = PlanReport::sample_of(accounts);
        for (name, report) in
            [("test", Report::Run(&test)), ("live", Report::Run(&live)), ("plan", Report::Plan(&plan))]
        {
            let stem = format!("{name}-{accounts}");
            let csv = report_file(report, FileForm::Csv)?;
            let xlsx = report_file(report, FileForm::Xlsx)?;
            let mail = templates.render(report, Some(&csv.name))?;
            std::fs::write(folder.join(format!("{stem}.html")), &mail.html)?;
            std::fs::write(folder.join(format!("{stem}.txt")), format!("{}\n\n{}", mail.subject, mail.text))?;
            for file in [csv, xlsx] {
                std::fs::write(folder.join(format!("{accounts}-{}", file.name)), file.bytes)?;
            }
            println!("{}", mail.subject);
        }
    }
    Ok(())
}
