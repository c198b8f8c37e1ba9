# Why a report of handling was refused.

HandlingEventMustBeKnown = There is no handling event { $event }.
VoyageRequired = Enter the voyage for a load or unload.
VoyageProhibited = Leave the voyage out: { $report } does not have one.
EventMayNotLieInTheFuture = An event at { $completed_at } has not happened yet. It is now { $now }.
HandlingEventMustStand = Handling event { $event } has already been retracted.

# What an operation on handling reports did.

register-handling-event-done = The handling of { $cargo } is registered.
register-handling-event-unchanged = Nothing to change: this handling of { $cargo } was reported before.
retract-handling-event-done = The report is retracted.
retract-handling-event-unchanged = Nothing to change: the report is retracted already.
