# Why an operation on voyages, or one that needs space on them, was refused.

VoyageMustBeKnown = There is no voyage { $voyage }.
VoyageNumberMustBeUnique = The voyage { $key } already exists.
VoyageMustLieAhead = Voyage { $voyage } would have ended in { $port } on { $arrives }; it is { $now }. Check the dates.

VesselMayNotBeInTwoPlaces-OnAnotherVoyage = { $vessel } sails voyage { $other } from { $from } ({ $departs }) to { $to } ({ $arrives }), so it cannot sail voyage { $voyage } at the same time. Choose other times or another ship, or reschedule { $other } first.
VesselMayNotBeInTwoPlaces-HasAnotherName = IMO number { $imo } is registered as { $registered }, not { $name }. Check the number. If the ship has a new name, correct the vessel first.
VesselMustBeUnique = The vessel { $key } is already registered.

ScheduleMustConnect-NoMovement = A voyage needs at least one movement.
ScheduleMustConnect-PortsMustDiffer = Movement { $movement } departs from and arrives in { $port }. The ports must differ.
ScheduleMustConnect-ArrivesBeforeItDeparts = Movement { $movement } must arrive after it departs, but it departs on { $departs } and arrives on { $arrives }.
ScheduleMustConnect-PortsMustMeet = Movement { $movement } departs from { $from }, but movement { $movement_before } arrives in { $to }.
ScheduleMustConnect-DepartsBeforeItArrives = Movement { $movement } departs from { $port } on { $departs }, before movement { $movement_before } arrives there on { $arrives }.
ScheduleMustConnect-MovementTooLong = { $from } → { $to } would depart on { $departs } and arrive on { $arrives }, more than { $days_max } days later. Check the dates.
ScheduleMustConnect-StayTooLong = The ship would stay in { $port } from { $arrives } to { $departs }, more than { $days_max } days. Check the dates.

ScheduleMustConnect-ReportedTooEarly = The ship cannot have been in { $port } on { $at }, because its departure from { $port_before } is on { $departs }. Check the time, or first report when it left { $port_before }.

CallMustBeKnown-NoDeparture = Voyage { $voyage } does not depart from { $port }. Check the port and the voyage.
CallMustBeKnown-NoArrival = Voyage { $voyage } does not arrive in { $port }. Check the port and the voyage.
CallMustBeKnown-NoCall = Voyage { $voyage } does not call at { $port }. Check the port and the voyage.
CallMustBeKnown-OtherCalls = Voyage { $voyage } does not call at { $port } as its call { $call }. It is there on { $times }. Choose one of these calls: { $calls }.
    .earlier = Call { $call } of voyage { $voyage } cannot be chosen for { $port }. Choose one of these calls: { $calls }.
CallMustBeKnown-SeveralCalls = Voyage { $voyage } calls at { $port } more than once: on { $times }. Choose one of these calls: { $calls }.
    .earlier = Voyage { $voyage } calls at { $port } more than once. Choose one of these calls: { $calls }.
ReportMustBeKnown-NoDeparture = No departure of voyage { $voyage } from { $port } has been reported, so there is nothing to retract. If it is expected at another time, reschedule the voyage.
ReportMustBeKnown-NoArrival = No arrival of voyage { $voyage } in { $port } has been reported, so there is nothing to retract. If it is expected at another time, reschedule the voyage.
ReportMayNotLieInTheFuture = { $at } is still ahead. It is now { $now }. Report a call once it has happened, or reschedule the voyage.

RescheduleMustKeepPorts-MovementsDiffer = The voyage has { $movements } movements, not { $asked }.
RescheduleMustKeepPorts-PortsDiffer = Movement { $movement } goes from { $from } to { $to }, not from { $asked_from } to { $asked_to }.

DepartedMovementMayNotMove-DepartureReported = The ship was reported to have left { $from } on { $departed }, so the departure cannot be rescheduled to { $asked }. If the report was wrong, report the departure again, or retract the report.
DepartedMovementMayNotMove-ArrivalReported = The ship was reported to have reached { $to } on { $arrived }, so the arrival cannot be rescheduled to { $asked }. If the report was wrong, report the arrival again, or retract the report.
DepartedMovementMayNotMove-LeftForLastCall = Voyage { $voyage } departed for its last call, { $port }, on { $departed }.
DepartedMovementMayNotMove-TooFarBack = { $from } → { $to } would have departed on { $departs }, more than { $hours_max } hours before { $reference }. Check the date, or report the departure.

CancelledVoyageTakesNothing-Cancelled = Voyage { $voyage } is cancelled.
    .short = Cancelled.
CancelledVoyageTakesNothing-LegAhead = Cargo { $cargo } is booked from { $port } on voyage { $voyage }, which is cancelled. Roll the cargo, assign a new itinerary, or release its space first.

OmittedCallTakesNothing-Omitted = Voyage { $voyage } will not call at { $port }. Choose another voyage or port, or restore the call first.
    .short = Does not call at { $port }.
OmittedCallTakesNothing-NotOmitted = Voyage { $voyage } already calls at { $port }. There is nothing to restore.
OmittedCallTakesNothing-Reported = Voyage { $voyage } was reported in { $port } on { $at }, so the call cannot be omitted. If the report was wrong, retract it first.
OmittedCallTakesNothing-TooFewCalls = Without { $port }, voyage { $voyage } would call at only one port. Cancel the voyage instead.
OmittedCallTakesNothing-LegAhead = Cargo { $cargo } is booked on voyage { $voyage }, which will not call at { $port }. Roll the cargo, assign a new itinerary, or release its space first.

VoyageMustCallInOrder-NoSuchCalls = Voyage { $voyage } does not call at { $load_at } and later at { $unload_at }.
VoyageMustCallInOrder-NoSuchCallsThen = Voyage { $voyage } does not call at { $load_at } and later at { $unload_at } at these times.
VoyageMustCallInOrder-PortsMustDiffer = A leg must load and unload in different ports. This one does both in { $port }.

LoadMayNotPassTheLine-TooLittleLeft = Only { $left } are left on { $voyage }, { $from } → { $to }, but this cargo needs { $needed }. Choose another voyage or split the cargo.
    .short = Not enough space: { $needed } needed, { $left } left on { $from } → { $to }.
LoadMayNotPassTheLine-TooLittleForMore = Only { $left } are left on { $voyage }, { $from } → { $to }, but the cargo would take { $more } more. Nothing was changed. Amend it by less, or roll it onto a voyage with more space first.
LoadMayNotPassTheLine-AheadAgain = { $voyage }, { $from } → { $to }, would be ahead again with { $load } booked, but its limit is { $limit }. Roll cargoes booked since then, or raise the capacity first.
LoadMayNotPassTheLine-TooFewPlugs = { $left ->
    [0] No reefer plug is
    [one] Only 1 reefer plug is
   *[other] Only { $left } reefer plugs are
} left on { $voyage }, { $from } → { $to }, but this cargo needs { $needed }. Choose another voyage or split the cargo.
    .short = Not enough reefer plugs: { $needed } needed, { $left } left on { $from } → { $to }.
LoadMayNotPassTheLine-TooFewPlugsForMore = { $left ->
    [0] No reefer plug is
    [one] Only 1 reefer plug is
   *[other] Only { $left } reefer plugs are
} left on { $voyage }, { $from } → { $to }, but the cargo would take { $more } more. Nothing was changed. Amend it by less, or roll it onto a voyage with more plugs first.
LoadMayNotPassTheLine-RoundedForMore = About { $left } are left on { $voyage }, { $from } → { $to }, too little for the { $more } more that the cargo would take. What is left is rounded down to 10 TEU and 100 t for customers. Nothing was changed. Amend the cargo by less, or ask us for another voyage.
LoadMayNotPassTheLine-RoundedPlugsForMore = About { $left } reefer plugs are left on { $voyage }, { $from } → { $to }, too few for the { $more } more that the cargo would take. What is left is rounded down to 10 plugs for customers. Nothing was changed. Amend the cargo by less, or ask us for another voyage.
LoadMayNotPassTheLine-PlugsAheadAgain = { $voyage }, { $from } → { $to }, would be ahead again with { $load } reefer plugs booked, but it has { $limit }. Roll cargoes booked since then, or state more plugs first.
LimitMayNotFallBelowLoad-SpaceIsBooked = The limit would be { $limit }, but { $load } are booked on { $from } → { $to }. Roll cargoes first, or keep the limit higher.
LimitMayNotFallBelowLoad-PlugsAreBooked = The voyage would have { $limit ->
    [one] 1 reefer plug
   *[other] { $limit } reefer plugs
}, but { $load } are booked on { $from } → { $to }. Roll cargoes first, or keep more plugs.

VoyageMustTakeDangerousGoods-NotTaken = { $voyage } does not take dangerous goods of class { $classes }, only of class { $takes }. Choose a voyage that takes them.
    .short = Takes no dangerous goods of class { $classes }.
VoyageMustTakeDangerousGoods-TakesNone = { $voyage } takes no dangerous goods, but this cargo has class { $classes }. Choose a voyage that takes them.
    .short = Takes no dangerous goods.
VoyageMustTakeDangerousGoods-Booked = Cargo { $cargo } is booked on { $voyage } with dangerous goods of class { $classes }. Roll or release it first, or keep taking the class.

BookingClosesAtCutOff-Closed = Booking for { $port } closed on { $cut_off }, { $cut_off_hours } h before departure.
    .short = Booking has closed.
BookingClosesAtCutOff-ShipHasLeft = Voyage { $voyage } left { $port } on { $departed }, but no loading of cargo { $cargo } was reported. Report the loading, or roll the cargo onto another voyage.

# What an operation on voyages did.

register-vessel-done = { $vessel } is registered with a capacity of { $capacity }.
schedule-voyage-done = { $booking ->
    [departed] Voyage { $voyage } from { $from } to { $to } is scheduled. It takes no bookings, because its departure lies in the past.
    [closed] Voyage { $voyage } from { $from } to { $to } is scheduled. It takes no bookings, because its cut-off has passed.
    [later] Voyage { $voyage } from { $from } to { $to } is scheduled. Booking from { $from } has closed, but later departures are open for booking.
   *[all] Voyage { $voyage } from { $from } to { $to } is open for booking.
}
reschedule-voyage-done = { $moved ->
    [departure] { $voyage } now leaves { $port } on { $time }, { time-shift }
    [arrival] { $voyage } now reaches { $port } on { $time }, { time-shift }
   *[nothing] { $cut_off ->
        [changed] { $voyage } keeps its times
       *[kept] Voyage { $voyage } keeps its times and its cut-off
    }
}{ $cut_off ->
    [changed] ; its cut-off is now { $cut_off_hours } h before departure instead of { $cut_off_hours_before } h
   *[kept] {""}
}{ cargoes-moved }.
report-departure-done = { $voyage } left { $port } on { $time }{ $days ->
    [0] { $hours ->
        [0] {""}
       *[other] , { time-shift } than last known
    }
   *[other] , { time-shift } than last known
}{ cargoes-moved }.
retract-call-report-done = { $moved ->
    [arrival] The arrival of { $voyage } in { $port } is no longer reported. It is expected on { $time }{ cargoes-moved }.
   *[departure] The departure of { $voyage } from { $port } is no longer reported. It is expected on { $time }{ cargoes-moved }.
}
report-arrival-done = { $voyage } reached { $port } on { $time }{ $days ->
    [0] { $hours ->
        [0] {""}
       *[other] , { time-shift } than last known
    }
   *[other] , { time-shift } than last known
}{ cargoes-moved }.
omit-call-done = { $call ->
    [restored] { $voyage } calls at { $port } after all{ cargoes-moved }.
   *[omitted] { $voyage } will not call at { $port }.{ $affected_cargoes ->
        [0] {" "}No cargo was to be loaded or unloaded there.
        [one] {" "}1 cargo needs another route.
       *[other] {" "}{ $affected_cargoes } cargoes need another route.
    }
}
change-vessel-done = { $voyage } is now sailed by { $vessel }, with a capacity of { $capacity }.
change-voyage-capacity-done = { $overbooking_percent ->
    [0] { $voyage } now has a capacity of { $capacity }.
   *[other] { $voyage } now has a capacity of { $capacity } and takes up to { $limit }, with { $overbooking_percent } % overbooking.
}
cancel-voyage-done = { $affected_cargoes ->
    [0] Voyage { $voyage } is cancelled. No cargoes were booked on it.
    [one] Voyage { $voyage } is cancelled. 1 cargo needs another route.
   *[other] Voyage { $voyage } is cancelled. { $affected_cargoes } cargoes need another route.
}
cargoes-moved = { $delayed_cargoes ->
    [0] {""}
    [one] ; 1 cargo will arrive later
   *[other] ; { $delayed_cargoes } cargoes will arrive later
}{ $missed_connections ->
    [0] {""}
    [one] ; 1 cargo now misses a connection
   *[other] ; { $missed_connections } cargoes now miss a connection
}{ $left_unready ->
    [0] {""}
    [one] ; the ship now leaves before 1 cargo is ready
   *[other] ; the ship now leaves before { $left_unready } cargoes are ready
}{ $missed_deadlines ->
    [0] {""}
    [one] ; 1 cargo now misses its deadline
   *[other] ; { $missed_deadlines } cargoes now miss their deadlines
}
time-shift = { $days ->
    [0] { $hours } h
   *[other] { $days } days{ $hours ->
        [0] {""}
       *[other] {" "}{ $hours } h
    }
} { $direction ->
    [earlier] earlier
   *[later] later
}

# What the page of a log entry says about a new schedule.

voyage-time-changed = { $moved ->
    [departure] Departure from { $port }: { $before } → { $time }
    [arrival] Arrival in { $port }: { $before } → { $time }
   *[cut-off] Booking closes { $cut_off_hours_before } h → { $cut_off_hours } h before departure
}
