//! A person fills in the form of every operation from the examples in the catalogue. The operation
//! is applied, or a business rule refuses it.

use super::browser::{TURN, choose_password, empty_server, sign_in};
use crate::support::browser::{Browser, Kind};
use crate::support::server::{Client, issue_token};
use crate::support::world::Database;
use serde_json::Value;

/// A field of a form, with an example value.
struct Field {
    name: String,
    example: String,
    is_time: bool,
}

/// The fields of a form, with one item for each list.
fn fields(schema: &Value, pointer: &str, found: &mut Vec<Field>) {
    let kind = &schema["type"];
    // `["string", "null"]` is an optional text.
    match kind.as_str().or(kind[0].as_str()) {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            for (name, field) in properties {
                fields(field, &format!("{pointer}/{name}"), found);
            }
        }
        // A list that may be empty needs no item.
        Some("array") if schema["minItems"].is_null() => {}
        Some("array") => fields(&schema["items"], &format!("{pointer}/0"), found),
        _ => {
            let example = &schema["examples"][0];
            assert!(!example.is_null(), "{pointer} has no example: {schema}");
            found.push(Field {
                name: pointer.to_owned(),
                example: example
                    .as_str()
                    .map_or_else(|| example.to_string(), str::to_owned),
                is_time: schema["format"] == "date-time",
            });
        }
    }
}

async fn every_form(scripts: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let phone = false;
    let browser = Browser::start(&server.url, Kind { phone, scripts }).await;
    choose_password(&browser, &link).await;
    let token = issue_token(&database.url(), "reader", "admin");
    let catalogue = Client::new(&server.url, &token)
        .get("/api/operations")
        .await;
    let items = catalogue.body["items"].as_array().expect("a list").clone();
    assert!(items.len() > 25);
    for operation in &items {
        let name = operation["name"].as_str().expect("a name");
        browser.open(&format!("/operations/{name}")).await;
        if name == "redeem-password-link" {
            browser
                .must_say("The page of a password link runs this")
                .await;
            continue;
        }
        if name == "sign-in" {
            browser.must_say("The sign-in page runs this").await;
            continue;
        }
        if name == "correct-location" {
            // The form is pre-filled with the details of the location that was named first.
            browser.enter("location", "NLRTM").await;
            browser.press("Show details").await;
            browser.must_have("[name='/location']").await;
        }
        let mut all = Vec::new();
        fields(&operation["input"], "", &mut all);
        if name == "schedule-voyage" {
            // The form asks for calls instead of movements.
            for field in &mut all {
                for (movement, call) in [
                    ("/movements/0/from", "/calls/0/port"),
                    ("/movements/0/departs", "/calls/0/departure"),
                    ("/movements/0/to", "/calls/1/port"),
                    ("/movements/0/arrives", "/calls/1/arrival"),
                ] {
                    if field.name == movement {
                        field.name = call.to_owned();
                    }
                }
            }
        }
        for field in &all {
            if field.is_time {
                browser.enter_time(&field.name, "03032127").await;
            } else {
                browser.fill(&field.name, &field.example).await;
            }
        }
        browser.press_submit().await;
        browser
            .must_have(".done, .told, .note .rule, form[action='/sign-in']")
            .await;
        if name == "sign-out" {
            browser.open("/sign-in").await;
            sign_in(&browser).await;
            browser.must_say("Leaving soon").await;
        }
    }
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_can_be_completed() {
    every_form(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_can_be_completed_without_scripts() {
    every_form(false).await;
}
