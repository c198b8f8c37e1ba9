//! Reefer plugs and dangerous goods.

use super::*;

/// One TEU with this many plugs.
fn reefers(plugs: u64) -> Space {
    Space { plugs, ..space(1) }
}

fn plugs(plugs: u64) -> SpaceLimit {
    SpaceLimit {
        plugs: Some(plugs),
        ..line(100)
    }
}

fn classes(text: &str) -> DangerousGoodsClasses {
    let words = text.split_whitespace();
    let class = |word| DangerousGoodsClass::typed(word).expect("a class");
    words.map(class).collect()
}

fn carrying(goods: &str, size: Space, stretch: &Stretch) -> Holder {
    Holder {
        classes: classes(goods),
        ..holding(size, vec![stretch.clone()])
    }
}

fn taking(voyage: &Voyage, takes: &str) -> CapacityChange {
    CapacityChange {
        dangerous_goods_classes: Some(classes(takes)),
        ..change(voyage.capacity, 10)
    }
}

#[test]
fn plugs_have_no_allowance() {
    for (stated, booked, needed, expected) in [
        (Some(10), 9, 1, None),
        (Some(10), 10, 0, None),
        (Some(10), 10, 1, Some("LoadMayNotPassTheLine")),
        (Some(0), 0, 0, None),
        (Some(0), 0, 1, Some("LoadMayNotPassTheLine")),
        (None, 90, 1, None),
    ] {
        let mut voyage = voyage(ROUND);
        voyage.capacity.plugs = stated;
        let all = Stretch(0..3);
        let held = voyage.book(&all, reefers(booked), day(1).plus_hours(-48));
        held.expect("there are plugs");
        let asked = voyage.book(&all, reefers(needed), day(1).plus_hours(-48));
        assert_eq!(
            broken(asked),
            expected,
            "{needed} with {booked} of {stated:?}"
        );
    }
}

#[test]
fn a_refusal_in_plugs_names_only_plugs() {
    let mut voyage = voyage(ROUND);
    voyage.capacity.plugs = Some(3);
    let now = day(1).plus_hours(-48);
    voyage.book(&Stretch(1..2), reefers(2), now).expect("plugs");
    let refused = voyage.book(&Stretch(0..3), reefers(3), now);
    assert_eq!(
        refused.expect_err("too few").to_string(),
        r#"LoadMayNotPassTheLine/TooFewPlugs left=1 voyage="V1" from="DEHAM" to="NLRTM" needed=3"#
    );
    let resized = voyage.resize((reefers(2), reefers(4)), &[Stretch(1..2)], now);
    assert_eq!(
        resized.expect_err("too few").to_string(),
        r#"LoadMayNotPassTheLine/TooFewPlugsForMore left=1 voyage="V1" from="DEHAM" to="NLRTM" more=2"#
    );
}

#[test]
fn plugs_stated_later_count_what_is_booked() {
    let mut voyage = voyage(ROUND);
    let stretch = Stretch(0..2);
    let now = day(1).plus_hours(-48);
    voyage
        .book(&stretch, reefers(4), now)
        .expect("not measured");
    assert_eq!(voyage.movements[0].load.plugs, 0);
    let holders = [holding(reefers(4), vec![stretch.clone()])];
    assert!(voyage.needs_holders(&change(plugs(4), 10)));
    assert!(!voyage.needs_holders(&change(line(90), 10)));
    let few = voyage
        .clone()
        .change_capacity(change(plugs(3), 10), &holders);
    assert_eq!(
        few.expect_err("too few").to_string(),
        r#"LimitMayNotFallBelowLoad/PlugsAreBooked limit=3 load=4 from="NLRTM" to="DEHAM""#
    );
    let (mut stated, _) = voyage
        .change_capacity(change(plugs(4), 10), &holders)
        .expect("enough");
    let loads: Vec<_> = stated.movements.iter().map(|m| m.load.plugs).collect();
    assert_eq!(loads, [4, 4, 0]);
    // A change that does not speak of plugs keeps them.
    assert!(!stated.needs_holders(&change(line(90), 10)));
    let (kept, _) = stated
        .clone()
        .change_capacity(change(line(90), 10), &[])
        .expect("enough");
    assert_eq!(kept.capacity.plugs, Some(4));
    let freed = stated.hold(reefers(4), &[stretch], &[], now);
    assert!(freed.expect("it was held"));
    assert!(stated.movements.iter().all(|m| m.load == Space::default()));
}

#[test]
fn a_voyage_takes_the_goods_it_states() {
    for (takes, goods, expected) in [
        ("", "", None),
        ("", "3", Some("TakesNone")),
        ("3 8", "3", None),
        ("3 8", "8 3", None),
        ("3 8", "3 9", Some("NotTaken")),
        ("1.4", "1.1", Some("NotTaken")),
    ] {
        let mut voyage = voyage(ROUND);
        voyage.dangerous_goods_classes = classes(takes);
        let case = voyage.must_take(&classes(goods)).err();
        let case = case.and_then(|broken| broken.case);
        assert_eq!(case.as_deref(), expected, "{goods} where {takes} is taken");
    }
}

#[test]
fn a_class_is_taken_while_a_cargo_with_it_is_booked() {
    let mut voyage = voyage(ROUND);
    voyage.dangerous_goods_classes = classes("3 8");
    let holders = [carrying("3", space(1), &Stretch(0..1))];
    for (takes, needs, expected) in [
        ("3 8 9", false, None),
        ("3", true, None),
        ("8", true, Some("VoyageMustTakeDangerousGoods")),
        ("", true, Some("VoyageMustTakeDangerousGoods")),
    ] {
        let asked = taking(&voyage, takes);
        assert_eq!(voyage.needs_holders(&asked), needs, "{takes}");
        let changed = voyage.clone().change_capacity(asked, &holders);
        assert_eq!(broken(changed), expected, "{takes}");
    }
    // This one came aboard by mistake.
    let astray = [carrying("9", space(1), &Stretch(0..1))];
    for takes in ["3", ""] {
        let changed = voyage
            .clone()
            .change_capacity(taking(&voyage, takes), &astray);
        assert_eq!(broken(changed), None, "{takes}");
    }
    let (same, event) = voyage
        .clone()
        .change_capacity(taking(&voyage, "3 8"), &[])
        .expect("nothing changes");
    assert_eq!((same, event.dangerous_goods_classes), (voyage, None));
}

#[test]
fn a_voyage_from_before_reads_and_writes_the_same() {
    let voyage = voyage(ROUND);
    let before = serde_json::to_string(&voyage).expect("JSON");
    for new in ["plugs", "dangerous"] {
        assert!(!before.contains(new), "{before}");
    }
    assert_eq!(
        serde_json::from_str::<Voyage>(&before).expect("a voyage"),
        voyage
    );
}
