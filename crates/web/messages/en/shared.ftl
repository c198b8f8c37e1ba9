# Why any operation can be refused.

StaleVersion-TargetUnknown = The operation's target does not exist.
StaleVersion-NotExpected = The newest version is "{ $newest }", not { $expected }.
StaleVersion-Changed = { $kind } { $id } has changed since version { $since_version }.
