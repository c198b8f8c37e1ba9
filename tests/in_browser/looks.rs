//! How every page looks: on screens of several widths and on paper.

use super::acts::{ACTS, Act, STRANGERS};
use super::browser::{TURN, choose_password};
use crate::support::browser::{Browser, Kind};
use crate::support::server::{Client, Server, issue_token};
use crate::support::world::{Database, voyage};
use serde_json::{Value, json};

/// The widths of phones, tablets and desktops, and widths in between.
const WIDTHS_PX: [u32; 6] = [360, 768, 800, 830, 1024, 1366];

/// The width between the margins of A4, which are one centimetre wide.
const PAPER_PX: u32 = 718;

pub(crate) const DESK: Kind = Kind {
    phone: false,
    scripts: true,
};

/// A server with data of every kind, seen by an administrator.
pub(crate) struct Gallery {
    pub(crate) browser: Browser,
    /// The pages for users who are not signed in.
    pub(crate) public: Vec<String>,
    pub(crate) pages: Vec<String>,
    /// Cargoes by their names in paths: booked on two voyages, on one, on none. And a customer who can
    /// be erased.
    pub(crate) named: [(&'static str, String); 4],
    _database: Database,
    _server: Server,
}

impl Gallery {
    pub(crate) async fn open() -> Self {
        let database = Database::sqlite();
        let server = Server::start(&database.url(), &[]);
        let said = server.must_say("/first-run/");
        let link = said
            .split_whitespace()
            .find(|word| word.contains("/first-run/"));
        let link = link.expect("a link").replacen(&server.url, "", 1);
        let admin = Client::new(&server.url, &issue_token(&database.url(), "anna", "admin"));
        let browser = Browser::start(&server.url, DESK).await;
        choose_password(&browser, &link).await;
        let (pages, named) = fill(&admin).await;
        let id = &named[0].1;
        let public = ["/sign-in", "/track", "/nothing", "/password-link/anna/x"].map(str::to_owned);
        let public = public.into_iter().chain([format!("/track/{id}")]).collect();
        Self {
            browser,
            public,
            pages,
            named,
            _database: database,
            _server: server,
        }
    }

    /// The pages, and those that answer a form, for signed-in users or for strangers.
    pub(crate) fn shown(&self, is_in: bool) -> (&[String], &'static [Act]) {
        match is_in {
            true => (&self.pages, ACTS),
            false => (&self.public, STRANGERS),
        }
    }

    /// Signs out.
    pub(crate) async fn leave(&self) {
        self.browser.open("/").await;
        self.browser.sign_out().await;
        self.browser.must_have("[name=password]").await;
    }
}

/// Sets up customers, voyages and cargoes in many states. Returns the pages that show them, and the
/// things that acts name.
async fn fill(admin: &Client) -> (Vec<String>, [(&'static str, String); 4]) {
    let long = format!("{} & Daughters Transatlantic", "W".repeat(160));
    let customer = json!({ "name": long, "email": "desk@example.com", "country": "NL" });
    let customer = admin.accept("new-customer", customer).await["customer"].clone();
    admin.accept("schedule-voyage", voyage("V100")).await;
    admin.accept("schedule-voyage", round_trip()).await;
    let id = |outcome: Value| outcome["cargo"].as_str().expect("an id").to_owned();
    let booked = id(admin.accept("create-cargo", cargo(&customer)).await);
    let waiting = id(admin.accept("create-cargo", cargo(&customer)).await);
    for voyage in ["V100", "V404"] {
        let input = json!({ "cargo": booked, "voyage": voyage });
        admin.run("book-onto-voyage", input).await;
    }
    let received = json!({ "cargo": booked, "type": "RECEIVE", "location": "HKHKG",
        "completion_time": "2026-01-01T00:00:00Z" });
    admin.run("register-handling-event", received).await;
    let delayed = json!({ "cargo": waiting, "voyage": "V100" });
    admin.accept("book-onto-voyage", delayed).await;
    let deadline = json!({ "cargo": waiting, "arrival_deadline": "2127-03-08T00:00:00Z" });
    admin.run("change-arrival-deadline", deadline).await;
    admin.accept("schedule-voyage", voyage("V101")).await;
    let cancelled = json!({ "voyage": "V101", "reason": "Engine trouble" });
    admin.accept("cancel-voyage", cancelled).await;
    let open = id(admin.accept("create-cargo", cargo(&customer)).await);
    let [erased, erasable] = customers(admin).await;
    let consumer = "replica-of-the-southern-archipelago-".repeat(2)[..64].to_owned();
    let register = json!({ "name": consumer, "description": long, "from": 0 });
    admin.accept("register-consumer", register).await;
    let mut pages = vec![
        "/".to_owned(),
        "/consumers".to_owned(),
        format!("/consumers/{consumer}"),
        format!("/cargoes/{booked}"),
        format!("/cargoes/{open}"),
        format!("/cargoes/{open}/book"),
        format!("/cargoes/{booked}?at=6"),
        format!("/handling?cargo={booked}"),
        format!("/operations/roll-cargo?cargo={booked}"),
        format!("/customers/{}", customer.as_str().expect("an id")),
        format!("/customers/{erased}"),
        format!("/operations/change-customer?customer={erased}"),
        format!("/operations/skip-consumer?consumer={consumer}"),
    ];
    let fixed = "/voyages /voyages?show=all /voyages/V100 /voyages/SANTA-CRUZ-ROUND-1 /vessels /cargoes \
        /cargoes?status=REQUESTED /cargoes?as_of=2026-01-01T10:00 /cargoes/new /customers /customers/new /locations \
        /locations?name=hamburg /operations/correct-location?location=DEHAM \
        /voyages?port=Cartagena /log /log/1 /log/6 /history/voyage/V100 \
        /operations /operations/reschedule-voyage?voyage=SANTA-CRUZ-ROUND-1 /account /users /problems/ \
        /problems/Policy /problems/LoadMayNotPassTheLine /handling /quay?port=HKHKG /handling/import /nothing \
        /voyages?port=Nowhere /api/docs/";
    pages.extend(fixed.split_whitespace().map(str::to_owned));
    let catalogue = admin.get("/api/operations").await;
    let operations = catalogue.body["items"].as_array().expect("a list");
    pages.extend(operations.iter().map(|operation| {
        let name = operation["name"].as_str().expect("a name");
        format!("/operations/{name}")
    }));
    let named = [
        ("{booked}", booked),
        ("{waiting}", waiting),
        ("{open}", open),
        ("{erasable}", erasable),
    ];
    (pages, named)
}

/// Customers without cargoes: one who was erased, and one who can be.
async fn customers(admin: &Client) -> [String; 2] {
    let mut ids = ["Quillfeather", "Penfeather"].map(str::to_owned);
    for id in &mut ids {
        let name = id.clone();
        let input = json!({ "name": name, "email": "desk@example.com", "country": "NL" });
        let added = admin.accept("new-customer", input).await;
        *id = added["customer"].as_str().expect("an id").to_owned();
    }
    let erase = json!({ "customer": ids[0], "reason": "Asked to be forgotten" });
    admin.accept("erase-customer", erase).await;
    ids
}

fn cargo(customer: &Value) -> Value {
    json!({
        "customer": customer, "origin": "HKHKG", "destination": "USNYC",
        "arrival_deadline": "2127-03-18T00:00:00Z", "gross_weight_kg": 20_000,
        "commodity": "Pharmaceuticals, refrigerated, and machine parts",
        "equipment": [{ "type": "22G1", "count": 2 }, { "type": "45G1", "count": 1 }],
    })
}

/// A voyage with many calls at ports with long names.
fn round_trip() -> Value {
    let ports = [
        "ESSCT", "NLRTM", "GBFXT", "LKCMB", "SGSIN", "MYPKG", "ESSCT",
    ];
    let movements: Vec<_> = ports
        .windows(2)
        .enumerate()
        .map(|(n, ports)| {
            let (departs, arrives) = (4 * n + 1, 4 * n + 3);
            json!({ "from": ports[0], "to": ports[1],
                "departs": format!("2127-03-{departs:02}T06:30:00Z"),
                "arrives": format!("2127-03-{arrives:02}T18:45:00Z") })
        })
        .collect();
    json!({
        "number": "SANTA-CRUZ-ROUND-1",
        "vessel": { "imo": "9074729", "name": "Empress of the Southern Archipelago" },
        "capacity": { "teu": 21_413, "tonnes": 199_000 }, "overbooking_percent": 10,
        "cut_off_hours": 24, "movements": movements,
    })
}

/// The layout faults of the open page: it scrolls sideways, a word is broken where it has no joint,
/// or a text overflows its box or is cut off.
const FAULTS: &str = r"
    const faults = [];
    const page = document.documentElement;
    const prints = matchMedia('print').matches;
    const say = (what, { outerHTML }) => faults.push(`${what} in ${outerHTML.slice(0, 120)}`);
    if (page.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${page.scrollWidth}`);
    for (const link of document.querySelectorAll('header.top a, header.top button')) {
        const { left, right, width } = link.getBoundingClientRect();
        const menu = link.closest('nav')?.getBoundingClientRect();
        const isCut = left < 0 || right > innerWidth || (menu && (left < menu.left - 1 || right > menu.right + 1));
        if (width > 0 && isCut) faults.push(`cut off: ${link.textContent}`);
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (text.parentElement.closest('svg, pre, option, datalist, .skip, .default')) continue;
        for (const { 0: word, index } of text.data.matchAll(/[^\s\-–\/.,:@_?=&]+/g)) {
            // Codes without a joint may break anywhere.
            if (word.length > 31) continue;
            const range = document.createRange();
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 4)));
            if (lines.size > 1) say(`broken: ${word}`, text.parentElement);
        }
    }
    // A box that scrolls sideways can be reached by keyboard. Paper cannot scroll.
    const scrolls = (box) => !prints && getComputedStyle(box).overflowX === 'auto' && box.tabIndex === 0;
    for (const box of document.querySelectorAll('body *')) {
        if (box.matches('input, select, option, datalist') || box.closest('svg, .skip, .default')) continue;
        const isBox = box.clientWidth > 0 && getComputedStyle(box).display !== 'inline';
        if (isBox && box.scrollWidth > box.clientWidth + 1 && !scrolls(box)) {
            say(`${box.scrollWidth} px in ${box.clientWidth}`, box);
        }
        // Printed content ends at a fraction of a point, where a border would be cut.
        const { left, right, width } = box.getBoundingClientRect();
        const { borderLeftWidth, borderRightWidth } = getComputedStyle(box);
        const isCut = (parseFloat(borderLeftWidth) > 0 && left < 1) || (parseFloat(borderRightWidth) > 0 && right > innerWidth - 1);
        if (prints && width > 0 && isCut) say('border at the edge of the paper', box);
    }
    for (const text of document.querySelectorAll('svg text')) {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        const own = text.closest('svg').getBoundingClientRect();
        const isOut = left < own.left - 1 || right > own.right + 1 || top < own.top - 1 || bottom > own.bottom + 1;
        if (isOut || /(…|\.\.\.)$/.test(text.textContent)) faults.push(`cut off: ${text.textContent}`);
    }
    const pen = document.createElement('canvas').getContext('2d');
    for (const field of document.querySelectorAll('input[placeholder], select')) {
        const style = getComputedStyle(field);
        pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
        const isChoice = field.matches('select');
        const said = isChoice ? field.selectedOptions[0]?.text ?? '' : field.placeholder;
        const room = field.clientWidth - parseFloat(style.paddingLeft) - (isChoice ? 18 : 0);
        if (field.clientWidth > 0 && pen.measureText(said).width > room + 1) say(`cut off: ${said}`, field);
    }
    return faults;";

/// The faults of all pages in one view.
async fn faults(gallery: &Gallery, is_in: bool, look: &str, found: &mut Vec<String>) {
    let (pages, acts) = gallery.shown(is_in);
    let faults = async |page: &str| {
        let faults: Vec<String> = gallery.browser.ask("the look of a page", FAULTS).await;
        let faults = faults.into_iter();
        faults
            .map(|fault| format!("{page} {look}: {fault}"))
            .collect::<Vec<_>>()
    };
    for page in pages {
        gallery.browser.go(page).await;
        found.extend(faults(page).await);
    }
    for act in acts {
        gallery.act(act).await;
        found.extend(faults(act.name).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_screens_and_paper() {
    let _turn = TURN.lock().await;
    let gallery = Gallery::open().await;
    let mut found = Vec::new();
    for is_in in [true, false] {
        if !is_in {
            gallery.leave().await;
        }
        for width in WIDTHS_PX {
            gallery.browser.resize(width).await;
            faults(&gallery, is_in, &format!("at {width}"), &mut found).await;
        }
        gallery.browser.print_like(true).await;
        gallery.browser.resize(PAPER_PX).await;
        faults(&gallery, is_in, "on paper", &mut found).await;
        gallery.browser.print_like(false).await;
        gallery.browser.resize(1280).await;
    }
    assert!(found.is_empty(), "{} faults: {found:#?}", found.len());
    gallery.browser.quit().await;
}
