# Why a report of handling was refused.

HandlingEventMustBeKnown = There is no handling event { $event }.
VoyageRequired = Enter the voyage for a load or unload.
VoyageProhibited = Leave the voyage out: { $report } does not have one.
EventMayNotLieInTheFuture = An event at { $completed_at } has not happened yet. It is now { $now }.
HandlingEventMustStand = Handling event { $event } has already been retracted.
