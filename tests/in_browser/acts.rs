//! Pages that answer a form: refusals, errors, confirmations, choices and stale forms.

use super::looks::Gallery;

/// A form that a person fills in and sends.
pub(crate) struct Act {
    /// The name of the result, for the gallery.
    pub(crate) name: &'static str,
    /// The page with the form. `{booked}`, `{waiting}` and `{open}` stand for cargoes, `{erasable}` for
    /// a customer.
    path: &'static str,
    /// The fields by name.
    fields: &'static [(&'static str, &'static str)],
    /// The button that sends the form.
    button: &'static str,
    /// A text that only the answering page contains.
    answer: &'static str,
}

const OPERATION: &str = "form.operation .buttons button:not([name])";

/// Forms that signed-in users send.
pub(crate) const ACTS: &[Act] = &[
    Act {
        name: "a form with errors",
        path: "/customers/new",
        fields: &[
            ("/name", "Blue Anchor"),
            ("/email", "x"),
            ("/country", "NLD"),
        ],
        button: OPERATION,
        answer: ".wrong .error",
    },
    Act {
        name: "a cargo with errors",
        path: "/cargoes/new",
        fields: &[("/origin", "Nowhere"), ("/gross_weight_kg", "900000")],
        button: OPERATION,
        answer: ".wrong .error",
    },
    Act {
        name: "a choice",
        path: "/cargoes/new",
        fields: &[
            ("/customer", "desk"),
            ("/origin", "Newport"),
            ("/destination", "Newport"),
            ("/arrival_deadline", "2127-03-18T00:00"),
            ("/equipment/0/count", "1"),
            ("/gross_weight_kg", "9000"),
            ("/commodity", "Tea"),
        ],
        button: OPERATION,
        answer: "select[aria-invalid]",
    },
    Act {
        name: "a refusal",
        path: "/operations/book-onto-voyage?cargo={booked}&voyage=V100",
        fields: &[],
        button: OPERATION,
        answer: ".note .rule",
    },
    Act {
        name: "a refusal on the page to book on",
        path: "/cargoes/{open}/book",
        fields: &[("/voyage", "V101")],
        button: "form.inline button",
        answer: ".note .rule",
    },
    Act {
        name: "a stale form",
        path: "/operations/change-arrival-deadline?cargo={waiting}",
        fields: &[("version", "1"), ("/arrival_deadline", "2127-03-20T00:00")],
        button: OPERATION,
        answer: ".note .changes",
    },
    Act {
        name: "the question before an erasure",
        path: "/operations/erase-customer?customer={erasable}",
        fields: &[("/reason", "Asked to be forgotten")],
        button: OPERATION,
        answer: "#confirm.note",
    },
    Act {
        name: "a cancellation without a reason",
        path: "/cargoes/{waiting}",
        fields: &[],
        button: "form[action*=cancel] button",
        answer: ".wrong .error, .note",
    },
    Act {
        name: "a confirmation",
        path: "/operations/change-voyage-capacity?voyage=SANTA-CRUZ-ROUND-1",
        fields: &[],
        button: OPERATION,
        answer: ".done",
    },
    Act {
        name: "a new user",
        path: "/operations/assign-role?user=anna&role=admin",
        fields: &[],
        button: OPERATION,
        answer: ".done, .told",
    },
    Act {
        name: "a token that is told once",
        path: "/operations/issue-token",
        fields: &[("/user", "anna"), ("/label", "reader")],
        button: OPERATION,
        answer: ".told .secret",
    },
    Act {
        name: "a password link that is told once",
        path: "/users",
        fields: &[],
        button: "form[action$=issue-password-link] button",
        answer: ".told .secret",
    },
    Act {
        name: "a password that is too short",
        path: "/operations/set-password?user=anna",
        fields: &[("/password", "short")],
        button: OPERATION,
        answer: ".wrong .error",
    },
    Act {
        name: "one's own password, entered wrongly",
        path: "/account",
        fields: &[
            ("current", "not it"),
            ("password", "a b c d e f"),
            ("again", "other words"),
        ],
        button: "main form button",
        answer: ".error, .note",
    },
    Act {
        name: "a report without a cargo",
        path: "/handling",
        fields: &[],
        button: ".report .buttons button",
        answer: ".error, .note",
    },
    Act {
        name: "an import without a file",
        path: "/handling/import",
        fields: &[],
        button: "form.stacked button[name=dry_run]",
        answer: ".note",
    },
    Act {
        name: "the report of an import",
        path: "/handling/import",
        fields: &[(
            "file",
            "cargo,type,location,voyage,completed_at\nX,LOAD,NLRTM,V1,2027-03-03T14:30:00Z\n",
        )],
        button: "form.stacked button[name=dry_run]",
        answer: "#report",
    },
];

/// Forms that strangers send.
pub(crate) const STRANGERS: &[Act] = &[
    Act {
        name: "a wrong password",
        path: "/sign-in",
        fields: &[("user", "admin"), ("password", "not the right one")],
        button: "main form button",
        answer: ".note",
    },
    Act {
        name: "no tracking id",
        path: "/track",
        fields: &[("tracking_id", "NOPE")],
        button: "main form button",
        answer: ".note",
    },
];

impl Gallery {
    /// Opens a form, fills it in regardless of the browser's own validation, and sends it.
    pub(crate) async fn act(&self, act: &Act) {
        let mut path = act.path.to_owned();
        for (name, id) in &self.named {
            path = path.replace(name, id);
        }
        self.browser.go(&path).await;
        let fields = serde_json::to_string(act.fields).expect("JSON can be written");
        let button = serde_json::to_string(act.button).expect("JSON can be written");
        let script = format!(
            "const button = document.querySelector({button});
            for (const [name, value] of {fields}) {{
                const field = button.form.elements[name];
                if (field.type === 'file') {{
                    const files = new DataTransfer();
                    files.items.add(new File([value], 'file.csv'));
                    field.files = files.files;
                }} else field.value = value;
            }}
            button.form.noValidate = true;
            button.form.requestSubmit(button);
            return true"
        );
        let _: bool = self.browser.ask(act.name, &script).await;
        self.browser.must_have(act.answer).await;
    }
}
