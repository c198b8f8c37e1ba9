//! Every path in `docs/EXTENDING.md` exists.

use super::root;

#[test]
fn every_path_in_the_guide_exists() {
    let guide = std::fs::read_to_string(root().join("docs/EXTENDING.md")).expect("the guide");
    let quoted = guide.split('`').skip(1).step_by(2);
    let is_path = |text: &&str| text.contains('/') && !text.contains(' ');
    let paths: Vec<_> = quoted.filter(is_path).collect();
    assert!(paths.len() > 30, "{paths:?}");
    for path in paths {
        assert!(root().join(path).exists(), "{path} is not there");
    }
}
