//! The changes by which past lists find their items.

use super::Target;

/// The entry at `p` cancelled a cargo; the log ends at `n`.
pub(super) async fn altered(target: &Target, p: u64, n: u64) {
    let number = |text: &str| text.parse::<u64>().expect("a position");
    let pair = "SELECT facet, place, CAST(MIN(position) AS CHAR) FROM list_changes \
        WHERE kind = 'cargo' GROUP BY facet, place HAVING COUNT(*) = 2";
    let pair = target.texts(pair).await.remove(0);
    let (facet, place, joined) = (&pair[0], &pair[1], number(&pair[2]));
    let first = "SELECT CAST(MIN(position) AS CHAR) FROM list_changes WHERE facet = 'voyage=V100'";
    let first = number(&target.texts(first).await[0][0]);
    let row = format!("position = {p} AND facet = 'status=CANCELLED'");
    let altered = |to: &str| format!("UPDATE list_changes SET {to} WHERE {row}");
    let added = |facet: &str, position: u64, joins: u8| {
        format!(
            "INSERT INTO list_changes (kind, facet, place, position, id, joins) \
             SELECT kind, '{facet}', place, {position}, id, {joins} FROM list_changes WHERE {row}"
        )
    };
    let mut cases = vec![
        ("another kind", vec![altered("kind = 'voyage'")], p),
        ("no kind", vec![altered("kind = 'lorry'")], n),
        ("another facet", vec![altered("facet = 'status=NONE'")], p),
        ("another place", vec![altered("place = '2'")], p),
        (
            "an earlier position",
            vec![altered("position = position - 1")],
            p - 1,
        ),
        (
            "a later position",
            vec![altered("position = position + 1")],
            p,
        ),
        (
            "beyond the log",
            vec![altered("position = position + 1000")],
            p + 1000,
        ),
        (
            "another thing",
            vec![altered("id = X'01020304050607080102030405060708'")],
            p,
        ),
        ("lost and not got", vec![altered("joins = 1 - joins")], p),
        ("neither", vec![altered("joins = joins + 1")], n),
        (
            "many rows altered",
            vec![
                "UPDATE list_changes SET facet = 'voyage=V999' WHERE facet = 'voyage=V100'"
                    .to_owned(),
            ],
            first,
        ),
        (
            "a deleted row",
            vec![format!("DELETE FROM list_changes WHERE {row}")],
            p,
        ),
        (
            "got and lost, both deleted",
            vec![format!(
                "DELETE FROM list_changes WHERE kind = 'cargo' AND facet = '{facet}' AND place = '{place}'"
            )],
            joined,
        ),
        (
            "got and lost, both added",
            vec![
                added("status=REJECTED", 9, 1),
                added("status=REJECTED", 10, 0),
            ],
            9,
        ),
        (
            "got twice",
            vec![added("status=CANCELLED", p + 1, 1)],
            p + 1,
        ),
    ];
    if target.sqlite {
        cases.push((
            "a facet as bytes",
            vec![altered("facet = CAST(facet AS BLOB)")],
            n,
        ));
    }
    for (what, alter, position) in cases {
        target.expect_of(true, what, &alter, position).await;
    }
    assert_eq!(target.found(None, true).await, None);
}
