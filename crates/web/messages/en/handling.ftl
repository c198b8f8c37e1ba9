# Why a report of handling was refused.

HandlingEventMustBeKnown = There is no handling event { $event }.
VoyageRequired = Enter the voyage for a load or unload.
VoyageProhibited = Leave the voyage out: { $report } does not have one.
EventMayNotLieInTheFuture = An event on { $completed_at } has not happened yet. It is now { $now }.
HandlingEventMustStand = Handling event { $event } has already been retracted.

# What an operation on handling reports did.

register-handling-event-done = The handling of { $cargo } is registered.
register-handling-event-unchanged = Nothing to change: this handling of { $cargo } was reported before.
retract-handling-event-done = The report is retracted.
retract-handling-event-unchanged = Nothing to change: the report is retracted already.

# What pages say about reports.

handling-type = { $handling_type ->
    [RECEIVE] Receive
    [LOAD] Load
    [UNLOAD] Unload
    [CUSTOMS] Customs
   *[CLAIM] Claim
}
handling-button = { $handling_type ->
    [RECEIVE] Received
    [LOAD] Loaded
    [UNLOAD] Unloaded
    [CUSTOMS] Inspected
   *[CLAIM] Claimed
}
handling-late-button = { $handling_type ->
   *[LOAD] Loaded after all
}
handling-partly = { $container } { $handling_type ->
    [RECEIVE] not received, { $done } of { $total } received
    [LOAD] not loaded, { $done } of { $total } aboard
    [UNLOAD] not unloaded, { $done } of { $total } unloaded
    [CUSTOMS] not inspected, { $done } of { $total } inspected
   *[CLAIM] not claimed, { $done } of { $total } claimed
}
known-call = Nothing was changed
known-call-detail = { $found ->
    [reported] { $voyage } was already reported as { known-call-did } on { $time }. Correct it on the voyage's page if that is wrong.
   *[retracted] The report that { $voyage } { known-call-did } has already been retracted.
}
known-call-did = { $call ->
    [arrival] arrived
   *[departure] departed
}
handling-group = { $handling_type ->
    [RECEIVE] To be received
    [CUSTOMS] To be inspected
   *[other] To be claimed
}
handling-step = { $handling_type ->
    [RECEIVE] Receive
    [LOAD] Load { $voyage }
    [UNLOAD] Unload { $voyage }
    [CUSTOMS] Customs
   *[CLAIM] Claim
} in { $location }
handling-doubt = { $doubt ->
    [VoyageCancelled] { $voyage } was cancelled before its call at { $location }.
    [NoSuchCall] { $voyage } does not call at { $location }.
    [LoadedEarly] { $voyage } leaves { $location } only on { $time }.
    [LoadedAfterDeparture] { $voyage } was reported to have left { $location } before that, on { $time }.
   *[UnloadedBeforeArrival] { $voyage } arrives in { $location } only on { $time }.
}
handling-result = { $outcome ->
    [retracted] Retracted: { $report }
    [known] Already known: { $report }
    [misdirected] The cargo is misdirected
   *[registered] Registered: { $report }
}
handling-result-detail = { $outcome ->
    [known] This was reported before, so nothing changed. { handling-ahead }
    [misdirected] The report is registered, but the cargo is misdirected. Expected: { $was_expected ->
        [step] { $expected }
       *[nothing] nothing, because it was already misdirected
    }. Reported: { $report }. If this is a mistake, retract it below. Otherwise the cargo needs another itinerary.
    [partial] The cargo moves on when this is reported of all its containers. { handling-ahead }
   *[other] { handling-ahead }
}
handling-ahead = { $ahead ->
    [step] Expected next: { $next }.
    [complete] The cargo is complete. Nothing more is expected.
    [no-itinerary] The cargo has no itinerary, so nothing is expected next.
   *[nothing] Nothing is expected next.
}
