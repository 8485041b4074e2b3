//! Who may ask for what: every use case with the least role it takes. The one place where that is decided; every use case that
//! can be asked for from outside begins by asking here.

use crate::{EngineError, Operator};
use rollcall_model::Role;

macro_rules! use_cases {
    ($($name:ident: $role:ident, $words:literal;)*) => {
        /// Something that an operator or a program can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum UseCase {
            $(#[doc = $words] $name,)*
        }

        impl UseCase {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The least role that may.
            pub const fn role(self) -> Role {
                match self { $(Self::$name => Role::$role,)* }
            }

            /// What it is, to follow "may" in a sentence.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

use_cases! {
    // Looking
    SeeOverview: Viewer, "see the overview";
    SeeSites: Viewer, "see the sites";
    SeeAccounts: Viewer, "see the accounts of a site";
    SeePolicies: Viewer, "see the policies";
    SeePlans: Viewer, "see the plans";
    SeeRuns: Viewer, "see the runs";
    SeeAudit: Viewer, "see the audit log";
    VerifyAudit: Viewer, "verify the audit log";
    ExportAudit: Viewer, "export the audit log";
    SeeMails: Viewer, "see the mails";
    SeeTemplates: Viewer, "see the templates of mails";
    SeeWebhooks: Viewer, "see the webhooks";
    SeeExemptions: Viewer, "see the exemptions";
    SeeLists: Viewer, "see the lists";
    SeeJobs: Viewer, "see the jobs";
    SeeFreezes: Viewer, "see the freezes";
    SeeFigures: Viewer, "see the figures of the installation";
    SeeRetention: Viewer, "see how long what is kept";
    SeeOwnSelf: Viewer, "see what is known of them";
    SeeSessionLengths: Viewer, "see how long sessions last";
    // One's own
    ChangeOwnPassword: Viewer, "change their own password";
    OwnSessions: Viewer, "see and end their own sessions";
    OwnTokens: Viewer, "make, see and revoke their own tokens";
    // Working
    TestSite: Operator, "test the connection to a site";
    Sync: Operator, "read a site";
    LoadPolicy: Operator, "keep a policy";
    RemovePolicy: Operator, "remove a policy";
    EnablePolicy: Operator, "switch a policy off, or on in test mode";
    Plan: Operator, "make a plan";
    Apply: Operator, "apply a plan";
    StopRun: Operator, "stop a run";
    ResumeRun: Operator, "resume a run";
    Undo: Operator, "plan the undo of a run";
    CancelJob: Operator, "cancel a job";
    PauseSchedule: Operator, "pause the schedule of a policy or let it go on";
    Exempt: Operator, "change exemptions";
    ChangeList: Operator, "change lists";
    // Answering for it
    Approve: Approver, "approve a plan";
    GoLive: Approver, "switch a policy live";
    // Administering
    ChangeSite: Admin, "connect, change or remove a site";
    CreateGroup: Admin, "create a group at a site";
    SeeOperators: Admin, "see the operators";
    ChangeOperators: Admin, "add, change or remove operators";
    ResetPassword: Admin, "set the password of another operator";
    OthersSessions: Admin, "see and end the sessions of other operators";
    OthersTokens: Admin, "see and revoke the tokens of other operators";
    MakeSetupLink: Admin, "make a setup link";
    SetSessionLengths: Admin, "set how long sessions last";
    Examine: Admin, "examine the installation";
    SendMail: Admin, "send the mails that are due";
    ChangeFreezes: Admin, "change the freezes";
    OverrideFreeze: Admin, "undo a run in a freeze";
    BackUp: Admin, "make a backup";
    Restore: Admin, "restore a backup";
    SeeKeys: Admin, "see which sealing key is in use";
    RotateKey: Admin, "rotate the sealing key";
    ChangeRetention: Admin, "change how long what is kept";
    RunRetention: Admin, "drop what is past its time";
    ChangeMail: Admin, "have a mail tried again, or give it up";
    TestMail: Admin, "see how mail is set up, and send a test mail";
    ChangeTemplate: Admin, "change the templates of mails";
    ChangeWebhook: Admin, "add, change or remove webhooks";
    TellWebhooks: Admin, "tell webhooks what happened";
    TellOutlets: Admin, "tell the outlets of the audit log what happened";
}

impl Operator {
    /// Whether the operator's role is enough.
    pub fn may(&self, use_case: UseCase) -> bool {
        self.role() >= use_case.role()
    }

    /// The gate that every use case begins with.
    pub(crate) fn check(&self, use_case: UseCase) -> Result<(), EngineError> {
        if self.may(use_case) {
            return Ok(());
        }
        Err(EngineError::Forbidden { operator: self.name().to_owned(), role: self.role(), use_case })
    }
}
