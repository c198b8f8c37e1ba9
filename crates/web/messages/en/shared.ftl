# Why any operation can be refused.

StaleVersion-TargetUnknown = The operation's target does not exist.
StaleVersion-NotExpected = The newest version is "{ $newest }", not { $expected }.
StaleVersion-Changed = { $kind } { $id } has changed since version { $since_version }.

# What an operation did, where its subdomain has no message of its own.

any-operation-done = { $operation } is done.
any-operation-unchanged = Nothing to change: { $name } is like this already.
