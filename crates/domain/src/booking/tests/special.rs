//! Set points and dangerous goods.

use super::amendments::{lines, split, with};
use super::delivery::{PLAN, cargo_after};
use super::*;

pub(super) fn point(degrees: f64) -> Option<SetPoint> {
    SetPoint::try_from(degrees).ok()
}

fn goods(text: &str) -> Vec<DangerousGoods> {
    let one = |part: &str| {
        let (number, class) = part.split_once('/').expect("UN1263/3");
        DangerousGoods {
            un_number: number.parse().expect("a UN number"),
            class: class.to_owned().try_into().expect("a class"),
        }
    };
    text.split_whitespace().map(one).collect()
}

#[test]
fn a_set_point_needs_a_reefer() {
    for (equipment, expected) in [
        (&[("45R1", 1)][..], None),
        (&[("22G1", 2), ("22RE", 1)], None),
        (&[("22G1", 2)], Some("SetPointNeedsReefer")),
        (&[("22H1", 1)], Some("SetPointNeedsReefer")),
    ] {
        let asked = CargoOrder {
            set_point: point(-18.0),
            ..order(equipment)
        };
        let id = "23456789AB3".parse().expect("a tracking id");
        let created = Cargo::create(CargoId(Uuid::nil()), id, &customer(), asked);
        assert_eq!(broken(created), expected, "{equipment:?}");
    }
}

#[test]
fn the_set_point_goes_with_the_last_reefer() {
    let change = |equipment: &str, set_point| Amendment {
        equipment: Some(lines(equipment)),
        set_point: FieldChange::from(set_point),
        ..Amendment::default()
    };
    for (equipment, set_point, expected) in [
        ("1x45R1 1x22G1", None, Ok(point(-18.0))),
        ("1x45R1", point(4.5), Ok(point(4.5))),
        ("2x22G1", None, Ok(None)),
        ("2x22G1", point(4.5), Err("SetPointNeedsReefer")),
    ] {
        let (cooled, _) = with("2x45R1", 10_000)
            .amend(change("2x45R1", point(-18.0)), &customer(), false)
            .expect("reefers");
        let amended = cooled.amend(change(equipment, set_point), &customer(), false);
        match (amended, expected) {
            (Ok((cargo, _)), Ok(kept)) => assert_eq!(cargo.particulars.set_point, kept),
            (refused, Err(rule)) => assert_eq!(broken(refused), Some(rule)),
            (refused, Ok(_)) => panic!("{equipment}: {refused:?}"),
        }
    }
}

#[test]
fn both_parts_of_a_split_keep_what_is_theirs() {
    for (part, parent_has, child_has) in [
        ("1x22G1", true, false),
        ("1x45R1", true, true),
        ("2x45R1", false, true),
    ] {
        let amendment = Amendment {
            set_point: point(-18.0).into(),
            dangerous_goods: Some(goods("UN1263/3 1824/8")),
            ..Amendment::default()
        };
        let (cargo, _) = with("2x45R1 3x22G1", 50_000)
            .amend(amendment, &customer(), false)
            .expect("it fits");
        assert_eq!(cargo.space().plugs, 2);
        let Split { parent, child, .. } = split(cargo, part, 9_000).expect("it can be");
        let has = [&parent, &child].map(|cargo| cargo.particulars.set_point.is_some());
        assert_eq!(has, [parent_has, child_has], "{part}");
        assert_eq!(parent.space().plugs + child.space().plugs, 2, "{part}");
        for cargo in [&parent, &child] {
            assert_eq!(cargo.particulars.dangerous_goods, goods("1263/3 UN1824/8"));
            let words: Vec<_> = cargo.classes().iter().map(ToString::to_string).collect();
            assert_eq!(words, ["3", "8"]);
        }
    }
}

#[test]
fn goods_are_fixed_once_loaded_and_the_set_point_is_not() {
    let declare = || Amendment {
        dangerous_goods: Some(goods("UN1263/3")),
        ..Amendment::default()
    };
    let cool = || Amendment {
        set_point: point(2.0).into(),
        ..Amendment::default()
    };
    let aboard = &["LOAD V100 HKHKG 03-03"][..];
    for (reports, amendment, expected) in [
        (&[][..], declare(), None),
        (aboard, declare(), Some("StatusMustAllow")),
        (aboard, cool(), None),
    ] {
        let mut cargo = cargo_after(PLAN, reports);
        cargo.equipment = lines("2x22R1");
        let amended = cargo.amend(amendment, &customer(), false);
        assert_eq!(broken(amended), expected, "after {reports:?}");
    }
}
