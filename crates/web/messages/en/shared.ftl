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
missing-entry = The log has no position { $position }.
kind-name = { $kind ->
    [handling] handling event
   *[other] { $kind }
}
