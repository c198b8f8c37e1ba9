# Why any operation can be refused.

StaleVersion-TargetUnknown = The operation's target does not exist.
StaleVersion-NotExpected = The newest version is "{ $newest }", not { $expected ->
    [none] what If-Match names
   *[some] { $expected }
}.
StaleVersion-Changed = { kind-name } { $id } has changed since version { $since_version }.

# What an operation did, where its subdomain has no message of its own.

any-operation-done = { $operation } is done.
any-operation-unchanged = Nothing to change: { $name } is like this already.

# What a read does not find.

missing-aggregate = There is no { kind-name } { $name }.
missing-entry = The log has no entry at position { $position }. { $head ->
    [0] It is empty.
   *[other] Its entries have the positions 1 to { $head }.
}
missing-after-head = Position { $position } comes after the head at position { $head }, for which the proof is asked.
kind-name = { $kind ->
    [handling] handling event
   *[other] { $kind }
}
