# Why an operation on a consumer, or a confirmation, was refused.

ConsumerMustBeKnown = There is no consumer { $consumer }, or it has been removed. Register it first.
ConsumerNameMustBeUnique = The consumer { $key } already exists. Choose another name, or remove that consumer first.
ConsumersMustBeFew-OfOneUser = { $owner } has { $most } consumers already. Remove one that is no longer used.
ConsumersMustBeFew-OfAllUsers = There are { $most } consumers already. An administrator can remove those that are no longer used.
PositionMustBeInTheLog = The log ends at position { $head }, before { $position }. Choose a position from 0 to { $head }.
ConsumerMustNotBePaused = Consumer { $consumer } is paused and confirms nothing. Run resume-consumer first.
ConsumerMayNotGoBack = Consumer { $consumer } has confirmed position { $confirmed } and cannot confirm { $position }. Continue after { $confirmed }, or run reset-consumer to go back.
HistoryForked-AheadOfTheLog = Consumer { $consumer } is at position { $position }, but the log { $epoch } ends at { $head }. It has probably been restored from a backup. Take a new snapshot, then run reset-consumer with its position.
HistoryForked-AnotherEntry = The log { $epoch }, which ends at { $head }, has a different entry from the one that consumer { $consumer } saw, at position { $position } or before. Check the hash that was sent. If it is right, the log was probably restored from a backup. Take a new snapshot, then run reset-consumer with its position.

# What an operation on a consumer did.

register-consumer-done = { $consumer } is registered and starts after position { $position }.
pause-consumer-done = { $consumer } is paused and confirms nothing until it is resumed.
pause-consumer-unchanged = Nothing to change: { $consumer } is paused already.
resume-consumer-done = { $consumer } confirms positions again.
resume-consumer-unchanged = Nothing to change: { $consumer } is active already.
reset-consumer-done = { $consumer } continues after position { $position }.
skip-consumer-done = { $consumer } skips the entries up to position { $position }.
skip-consumer-unchanged = Nothing to change: { $consumer } starts after position { $position } or later already.
remove-consumer-done = { $consumer } is removed. Its name can be registered again.
